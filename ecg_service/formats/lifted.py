"""What the core takes out of documents, as descriptions of ECGs or as errors that name the place."""

from collections.abc import Callable

import msgspec

import ecg_core
from ecg_service.domain.errors import Invalid, Malformed, Path, Violation
from ecg_service.domain.submission import SubmittedEcg
from ecg_service.domain.violations import violation

_MALFORMED = {"syntax", "trailing", "encoding"}
"""Codes of the core for documents that are not in their format."""

_MISSING = (
    "for a missing sample send an integer that is never measured and name it in the lead,"
    ' such as "missing": -32768'
)


def description(decode: Callable[[bytes], SubmittedEcg], skeleton: bytes) -> SubmittedEcg:
    """Decode a skeleton, or raise `Invalid`."""
    try:
        return decode(skeleton)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error)) from error
    except msgspec.DecodeError as error:
        raise Malformed(Violation((), "syntax", str(error))) from error


def rejection(
    error: ecg_core.DecodeError, max_leads: int | None, *, detail: str | None = None
) -> Invalid:
    """Return the error of the core as one of the service, with this detail in place of its own."""
    if error.code == "too_many_signals":
        return Invalid(Violation(("leads",), "length", f"Expected at most {max_leads} leads."))
    kind = Malformed if error.code in _MALFORMED else Invalid
    return kind(Violation(path_of(error), error.code, detail or str(error)))


def missing_hint(
    error: ecg_core.DecodeError, body: bytes, no_samples: tuple[bytes, ...]
) -> str | None:
    """Say how to send a missing sample, if the one refused is what many write for that."""
    is_sample = path_of(error)[-2:-1] == ("signal",)
    return _MISSING if is_sample and body.startswith(no_samples, error.offset) else None


def path_of(error: ecg_core.DecodeError) -> Path:
    """Read the JSON Pointer (RFC 6901) of an error."""
    steps = error.pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)
