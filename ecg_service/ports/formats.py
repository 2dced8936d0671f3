"""Formats of ECG documents and of answers."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from msgspec import Raw, Struct

from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Samples, Signal
from ecg_service.domain.submission import SubmittedEcg

T = TypeVar("T")

Use = Callable[[int, SubmittedEcg, Sequence[Samples], bytes], T]
"""Called with the index of a document, its description, its signals, and these as a blob."""


class Written(Struct, frozen=True):
    """Signals as values of an answer, and how the values are encoded if they are bytes."""

    values: tuple[Raw | bytes, ...]
    encoding: str | None = None


class Streamed(Struct, frozen=True):
    """A signal of an answer that is written part by part.

    In the answer `placeholder` stands for it, encoded as `mark`, in whose place come `head`, what
    `part` makes of the samples in order (and of whether they are the first), and `tail`.
    """

    placeholder: Written
    mark: bytes
    head: bytes
    part: Callable[[Signal, bool], bytes]
    tail: bytes = b""


class Write(Protocol):
    """Encodes signals for an answer, all in the same way; see `AnswerFormat.written`."""

    def __call__(self, *signals: Signal) -> Written: ...


Body = bytes | bytearray
"""An answer as it is sent."""

Shown = Callable[[Iterable[Written]], object]
"""Called with the signals of an answer, or what stands for them; returns the answer."""


class Format(Protocol):
    """A format of ECG documents, named by its media type.

    `memory` is how many times as much memory a body takes as one of JSON of the same size.
    """

    media_type: str
    aliases: tuple[str, ...] = ()
    memory: int = 1

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        """Read the documents in one call; return the result of `use` for each, in order.

        The result for a document that cannot be read is `Malformed`, for one that breaks a rule
        `Invalid`; a rejected document does not affect the others. Of a document with more than
        `max_leads` no further lead is read. Blocks while it computes.
        """
        ...


class AnswerFormat(Format, Protocol):
    """A format that answers can be given in, too."""

    def write(self, answer: object) -> bytes:
        """Encode an answer, whose signals `written` has encoded."""
        ...

    def written(self, *signals: Signal) -> Written:
        """Encode the signals of an answer, all in the same way."""
        ...

    def streamed(self, num_samples: int, extremes: tuple[int, int]) -> Streamed:
        """Return how a signal of so many samples, at least one, between these is written part by part."""
        ...

    def write_blob(self, shown: Shown, blob: bytes, *, max_samples: int) -> Body:
        """Encode an answer with each signal of a blob; raises `ecg_core.BlobError` if that is damaged."""
        ...
