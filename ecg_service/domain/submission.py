"""An ECG as its sender describes it, and the rules for it.

Every format is decoded into a `SubmittedEcg`, whose annotations are the rules for single values;
`valid_ecg` checks the other rules.
"""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import Invalid, Path, Violation
from ecg_service.domain.lead_names import MAX_NAME_LENGTH, is_label, lead_name
from ecg_service.domain.same import Same
from ecg_service.domain.signals import LONG, Samples

INT32 = Meta(ge=-(2**31), le=2**31 - 1)

MAX_ID_LENGTH = 128
MAX_UNIT_LENGTH = 16
MAX_SAMPLING_RATE = 1_000_000
MAX_VIOLATIONS = 100

REMEMBERED = 256
"""Of how many descriptions of leads it is remembered what follows."""


class SubmittedLead(Struct, frozen=True, forbid_unknown_fields=True):
    """A lead as sent; `signal` stands for its samples, which come beside the description.

    The signals are in the order of the leads, so it is the index of the lead, too. `encoding` is
    how the samples were written, if as bytes; nothing else depends on it.
    """

    name: Annotated[str, Meta(description="What it is called, as in II or aVR; names may repeat.")]
    signal: int
    num_samples: Annotated[
        Annotated[int, Meta(ge=0)] | None,
        Meta(description="The length of the signal, to check it."),
    ] = None
    gain: Annotated[
        Annotated[float, Meta(gt=0)] | None,
        Meta(description="How many units of the samples are one `unit`."),
    ] = None
    baseline: Annotated[
        Annotated[int, INT32] | None,
        Meta(
            description="The sample that stands for zero; subtracted before counting. 0 by default."
        ),
    ] = None
    unit: Annotated[str | None, Meta(description="The physical unit, as in mV.")] = None
    missing: Annotated[
        Annotated[int, INT32] | None,
        Meta(
            description="The sample that stands for none; it is left out of all that is computed."
        ),
    ] = None
    encoding: str | None = None


class Outline(Struct, forbid_unknown_fields=True, kw_only=True):
    """An ECG as sent, but for its leads; `id` is the sender's, and makes a repeated request safe.

    In each field that may be absent, null means absent.
    """

    id: Annotated[
        str | None,
        Meta(description="The sender's id, one for each ECG; makes a repeated request safe."),
    ] = None
    date: Annotated[
        Annotated[datetime, Meta(tz=True)] | None,
        Meta(description="When it was recorded, with an offset; by default when it was received."),
    ] = None
    sampling_rate: Annotated[
        Annotated[float, Meta(gt=0, le=MAX_SAMPLING_RATE)] | None, Meta(description="In Hz.")
    ] = None


SubmittedLeads = Annotated[Sequence[SubmittedLead], Meta(min_length=1)]


class SubmittedEcg(Outline):
    """An ECG as sent."""

    leads: SubmittedLeads


def valid_ecg(
    submitted: SubmittedEcg,
    signals: Sequence[Samples],
    *,
    ecg_id: UUID,
    owner: str,
    received: datetime,
) -> Ecg:
    """Return the ECG, or raise `Invalid` with the broken rules, at most `MAX_VIOLATIONS`."""
    broken: list[Violation] = []
    ecg = Ecg(
        id=ecg_id,
        owner=owner,
        leads=_leads(submitted.leads, signals, broken),
        date=_utc(submitted.date, broken) or received,
        sampling_rate=submitted.sampling_rate,
        client_id=submitted.id,
    )
    if submitted.id is not None and not is_label(submitted.id, MAX_ID_LENGTH):
        broken.append(_not_a_label(("id",), MAX_ID_LENGTH))
    if broken:
        raise Invalid(*broken[:MAX_VIOLATIONS])
    return ecg


def fingerprint(submitted: SubmittedEcg, ecg: Ecg, signals: Sequence[Samples]) -> bytes:
    """Hash the content as sent; white space and the order of keys do not matter.

    Fingerprints are stored, so the hashed bytes must never change.
    """
    described = {
        "leads": ecg.leads,
        "date": ecg.date if submitted.date else None,
        "sampling_rate": ecg.sampling_rate,
        "client_id": ecg.client_id,
    }
    digest = hashlib.sha256(msgspec.json.encode(described))
    for signal in signals:
        for text in _texts(signal):
            digest.update(text)
    return digest.digest()


def _texts(signal: Samples) -> Iterator[bytes]:
    """Yield the samples as JSON, in parts that are short."""
    if len(signal) <= LONG:
        yield signal.to_json()
        return
    before = b"["
    for start in range(0, len(signal), LONG):
        yield before
        yield signal[start : start + LONG].to_json()[1:-1]
        before = b","
    yield b"]"


def _leads(
    submitted: Sequence[SubmittedLead], signals: Sequence[Samples], broken: list[Violation]
) -> tuple[Lead, ...]:
    if isinstance(submitted, Same):
        lengths = tuple([len(signal) for signal in signals])
        if known := _known_leads(submitted, lengths):
            return known
    return tuple(
        _lead(index, lead, len(signal), signal, broken)
        for index, (lead, signal) in enumerate(zip(submitted, signals, strict=True))
        if len(broken) < MAX_VIOLATIONS
    )


@lru_cache(REMEMBERED)
def _known_leads(submitted: Same[SubmittedLead], lengths: tuple[int, ...]) -> Same[Lead] | None:
    """Return the leads, unless they break a rule or more than the number of samples matters."""
    broken: list[Violation] = []
    leads = Same(
        _lead(index, lead, length, None, broken)
        for index, (lead, length) in enumerate(zip(submitted, lengths, strict=True))
        if lead.missing is None
    )
    return leads if len(leads) == len(submitted) and not broken else None


def _lead(
    index: int, lead: SubmittedLead, length: int, signal: Samples | None, broken: list[Violation]
) -> Lead:
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
    return Lead(
        name or "",
        length,
        lead.gain,
        lead.baseline or 0,
        lead.unit,
        lead.missing,
        None if lead.missing is None or signal is None else signal.count(lead.missing),
    )


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
