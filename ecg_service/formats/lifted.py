"""What the core takes out of documents, as descriptions of ECGs or as errors that name the place."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw

import ecg_core
from ecg_service.domain.errors import Invalid, Malformed, Path, Violation
from ecg_service.domain.same import Same
from ecg_service.domain.submission import (
    REMEMBERED,
    Outline,
    SubmittedEcg,
    SubmittedLead,
    SubmittedLeads,
)
from ecg_service.domain.violations import violation

_MALFORMED = {"syntax", "trailing", "encoding"}
"""Codes of the core for documents that are not in their format."""

LONG = 16_384
"""Bytes of a skeleton beyond which nothing is remembered of it."""

_MISSING = (
    "for a missing sample send an integer that is never measured and name it in the lead,"
    ' such as "missing": -32768'
)


class _Outline(Outline):
    leads: Raw


class Descriptions:
    """Decodes the skeletons of one format strictly; the same leads once only.

    `decoder` is msgspec's of the format.
    """

    def __init__(
        self, decoder: type[msgspec.json.Decoder[Any]] | type[msgspec.msgpack.Decoder[Any]]
    ) -> None:
        self._decode: Callable[[bytes], SubmittedEcg] = decoder(SubmittedEcg).decode
        self._outline: Callable[[bytes], _Outline] = decoder(_Outline).decode
        decode_leads: Callable[[bytes], Sequence[SubmittedLead]] = decoder(SubmittedLeads).decode

        @lru_cache(REMEMBERED)
        def leads(text: bytes) -> Same[SubmittedLead]:
            return Same(decode_leads(text))

        self._leads = leads

    def read(self, skeleton: bytes) -> SubmittedEcg:
        """Decode a skeleton, or raise `Invalid`."""
        try:
            return self._known(skeleton) if len(skeleton) <= LONG else self._decode(skeleton)
        except msgspec.DecodeError:
            return self._strictly(skeleton)

    def _known(self, skeleton: bytes) -> SubmittedEcg:
        found = self._outline(skeleton)
        return SubmittedEcg(
            self._leads(bytes(found.leads)),
            id=found.id,
            date=found.date,
            sampling_rate=found.sampling_rate,
        )

    def _strictly(self, skeleton: bytes) -> SubmittedEcg:
        """Decode it whole, so that the first error is the one that is told."""
        try:
            return self._decode(skeleton)
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
