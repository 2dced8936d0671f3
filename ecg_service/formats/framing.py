"""Bodies of many documents: where one ends and the next begins, by media type."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ecg_service.domain.errors import EcgError, TooLarge, Violation
from ecg_service.formats.json import Json
from ecg_service.ports.formats import Format


class Splitter(Protocol):
    """Splits one body, which comes in pieces of any size, into its documents.

    Keeps no more than one document. In place of one that is skipped comes the reason.
    """

    @property
    def size(self) -> int:
        """The bytes that are kept of a document that has not ended yet."""
        ...

    def split(self, piece: bytes) -> Iterator[bytes | EcgError]:
        """Yield the documents that end in the next piece."""
        ...

    def end(self) -> Iterator[bytes | EcgError]:
        """Yield what is left at the end of the body."""
        ...

    def skip(self, reason: EcgError) -> None:
        """Drop the document that has not ended yet."""
        ...


class Lines(Splitter):
    """A document in each line; blank lines are ignored, and the last one may lack its end."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._skipped: EcgError | None = None

    @property
    def size(self) -> int:
        return self._size

    def split(self, piece: bytes) -> Iterator[bytes | EcgError]:
        start = 0
        # Not `split`, which looks at one byte at a time.
        while (stop := piece.find(b"\n", start)) >= 0:
            self._keep(piece[start:stop])
            yield from self.end()
            start = stop + 1
        self._keep(piece[start:])

    def end(self) -> Iterator[bytes | EcgError]:
        skipped, parts = self._skipped, self._parts
        self._skipped, self._parts, self._size = None, [], 0
        line = parts[0] if len(parts) == 1 else b"".join(parts)
        if skipped is not None:
            yield skipped
        elif line and not line.isspace():
            yield line

    def skip(self, reason: EcgError) -> None:
        self._skipped, self._parts, self._size = reason, [], 0

    def _keep(self, part: bytes) -> None:
        if self._skipped is not None or not part:
            return
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._max_bytes:
            detail = f"A document may have {self._max_bytes} bytes."
            self.skip(TooLarge(Violation((), "too_large", detail)))


@dataclass(frozen=True, slots=True)
class Framing:
    """The format of the documents, and what splits a body into those of at most so many bytes."""

    format: Format
    splitter: Callable[[int], Splitter]


NDJSON = Framing(Json(), Lines)

FRAMINGS: Mapping[str, Framing] = {
    "application/x-ndjson": NDJSON,
    "application/jsonl": NDJSON,
}
"""By media type, in lower case."""
