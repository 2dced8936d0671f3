"""Wire to domain: strict, and every refusal names its place by a JSON Pointer."""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec

from ecg_service.api.schemas import EcgIn, LeadIn
from ecg_service.domain.ecg import Draft, Lead, Reading
from ecg_service.domain.errors import Invalid, Malformed, Path, Violation
from ecg_service.domain.leads import MAX_NAME_LENGTH, is_label, lead_name
from ecg_service.domain.violations import violation

T = TypeVar("T")

MAX_ID_LENGTH = 128
MAX_UNIT_LENGTH = 16
MAX_VIOLATIONS = 100

_ECG = msgspec.json.Decoder(EcgIn, strict=True)


def ecg_draft(reading: Reading) -> Draft:
    """Check a body that the core has read against the schema and the rules beyond it."""
    try:
        ecg = _ECG.decode(reading.skeleton)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error)) from error
    except msgspec.DecodeError as error:
        raise Malformed(Violation((), "syntax", str(error))) from error
    broken: list[Violation] = []
    draft = Draft(
        leads=tuple(
            _lead(index, lead, len(reading.signals[lead.signal]), broken)
            for index, lead in enumerate(ecg.leads)
            if len(broken) < MAX_VIOLATIONS
        ),
        date=_utc(ecg.date, broken),
        sampling_rate=ecg.sampling_rate,
        client_id=ecg.id,
    )
    if ecg.id is not None and not is_label(ecg.id, MAX_ID_LENGTH):
        broken.append(_not_a_label(("id",), MAX_ID_LENGTH))
    if broken:
        raise Invalid(*broken[:MAX_VIOLATIONS])
    return draft


def small_body(kind: type[T], body: bytes) -> T:
    """Decode a small body strictly: no unknown field, no duplicate key, no lax conversion."""
    try:
        json.loads(body.decode(), object_pairs_hook=_unique)
        return msgspec.json.decode(body, type=kind, strict=True)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error)) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(Violation((), "syntax", "The body is not valid JSON.")) from error


def _lead(index: int, lead: LeadIn, length: int, broken: list[Violation]) -> Lead:
    name = lead_name(lead.name)
    if name is None:
        broken.append(_not_a_label(("leads", index, "name"), MAX_NAME_LENGTH))
    if lead.unit is not None and not is_label(lead.unit, MAX_UNIT_LENGTH):
        broken.append(_not_a_label(("leads", index, "unit"), MAX_UNIT_LENGTH))
    if length == 0:
        detail = "A signal has at least one sample."
        broken.append(Violation(("leads", index, "signal"), "empty", detail))
    if lead.num_samples is not None and lead.num_samples != length:
        detail = f"num_samples is {lead.num_samples}, but the signal has {length}."
        broken.append(Violation(("leads", index, "num_samples"), "wrong_length", detail))
    return Lead(name or "", length, lead.gain, lead.baseline, lead.unit)


def _not_a_label(path: Path, max_length: int) -> Violation:
    detail = f"Expected 1 to {max_length} printable characters without spaces at the ends."
    return Violation(path, "not_a_label", detail)


def _utc(date: datetime | None, broken: list[Violation]) -> datetime | None:
    try:
        return date and date.astimezone(UTC)
    except OverflowError:
        detail = "The date in UTC is outside the years 1 to 9999."
        broken.append(Violation(("date",), "out_of_range", detail))
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid(Violation((), "duplicate_key", "A key stands twice in one object."))
    return found
