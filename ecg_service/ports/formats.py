"""Formats of ECG documents."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Signal
from ecg_service.domain.submission import SubmittedEcg

T = TypeVar("T")

Use = Callable[[int, SubmittedEcg, Sequence[Signal], bytes], T]
"""Called with the index of a document, its description, its signals, and these as a blob."""


class Format(Protocol):
    """A format of ECG documents, named by its media type."""

    media_type: str

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        """Read the documents in one call; return the result of `use` for each, in order.

        The result for a document that cannot be read is `Malformed`, for one that breaks a rule
        `Invalid`; a rejected document does not affect the others. Of a document with more than
        `max_leads` no further lead is read. Blocks while it computes.
        """
        ...
