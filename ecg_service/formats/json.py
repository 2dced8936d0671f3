"""ECGs as JSON, whose signals are arrays of integers."""

from collections.abc import Sequence
from typing import TypeVar

import msgspec

import ecg_core
from ecg_service.domain.errors import EcgError, Invalid, Malformed, Path, Violation, outcome
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.domain.violations import violation
from ecg_service.formats.json_hints import BOM, ONE_DOCUMENT, hint, missing_hint
from ecg_service.ports.formats import Format, Use

T = TypeVar("T")

_MALFORMED = {"syntax", "trailing", "encoding"}
"""Codes of the core for documents that are not JSON."""

_ADVICE = {"trailing": ONE_DOCUMENT}
"""By code of the core, what to do about it."""

_decode = msgspec.json.Decoder(SubmittedEcg, strict=True).decode


class Json(Format):
    """One JSON object (RFC 8259) for each ECG.

    The core checks the whole document, and reads, counts and packs its arrays of integers. It
    returns the skeleton, the document with each array replaced by its index, which is small and
    decoded strictly here.
    """

    media_type = "application/json"

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        def answer(index: int, result: ecg_core.Reading | ecg_core.DecodeError) -> T:
            if isinstance(result, ecg_core.DecodeError):
                raise _rejection(result, bodies[index], max_leads)
            return use(index, _description(result.skeleton), result.signals, result.blob)

        bodies = [document.removeprefix(BOM) for document in documents]
        results = ecg_core.read_batch(bodies, max_signals=max_leads)
        return [outcome(answer, *item) for item in enumerate(results)]


def _description(skeleton: bytes) -> SubmittedEcg:
    try:
        return _decode(skeleton)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error)) from error
    except msgspec.DecodeError as error:
        raise Malformed(Violation((), "syntax", str(error))) from error


def _rejection(error: ecg_core.DecodeError, body: bytes, max_leads: int | None) -> Invalid:
    if error.code == "too_many_signals":
        return Invalid(Violation(("leads",), "length", f"Expected at most {max_leads} leads."))
    kind = Malformed if error.code in _MALFORMED else Invalid
    path = _path(error.pointer)
    advice = _ADVICE.get(error.code)
    if path[-2:-1] == ("signal",):
        advice = missing_hint(body, error.offset)
    detail = f"{error}: {advice}" if advice else str(error)
    return kind(Violation(path, error.code, hint(body) or detail))


def _path(pointer: str) -> Path:
    """Read a JSON Pointer (RFC 6901)."""
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)
