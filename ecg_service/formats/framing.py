"""Bodies of many documents: where one ends and the next begins, by media type."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ecg_service.domain.errors import EcgError, Malformed, TooLarge, Violation
from ecg_service.formats.json import Json
from ecg_service.formats.msgpack import MessagePack
from ecg_service.ports.formats import Format

HEAD = 4
"""Bytes of a length."""


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


class _Kept(Splitter):
    """What is kept of the document that has not ended yet: its parts, or why it is skipped."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size = 0
        self._skipped: EcgError | None = None

    @property
    def size(self) -> int:
        return self._size

    def skip(self, reason: EcgError) -> None:
        self._skipped, self._parts, self._size = reason, [], 0

    def _keep(self, part: bytes) -> None:
        if self._skipped is not None or not part:
            return
        self._parts.append(part)
        self._size += len(part)
        if self._size > self._max_bytes:
            self._skip_large()

    def _skip_large(self) -> None:
        detail = f"A document may have {self._max_bytes} bytes."
        self.skip(TooLarge(Violation((), "too_large", detail)))

    def _take(self) -> bytes | EcgError:
        """Return the document, which has ended, or why it is skipped; keep nothing of it."""
        skipped, parts = self._skipped, self._parts
        self._skipped, self._parts, self._size = None, [], 0
        return skipped or (parts[0] if len(parts) == 1 else b"".join(parts))

    def _end(self, part: bytes) -> bytes | EcgError:
        """Return the document that ends in this part; most stand in one part whole."""
        if not self._parts and self._skipped is None and len(part) <= self._max_bytes:
            return part
        self._keep(part)
        return self._take()


class Lines(_Kept):
    """A document in each line; blank lines are ignored, and the last one may lack its end."""

    def split(self, piece: bytes) -> Iterator[bytes | EcgError]:
        start = 0
        # Not `split`, which looks at one byte at a time.
        while (stop := piece.find(b"\n", start)) >= 0:
            line = self._end(piece[start:stop])
            if not _is_blank(line):
                yield line
            start = stop + 1
        self._keep(piece[start:])

    def end(self) -> Iterator[bytes | EcgError]:
        line = self._take()
        if not _is_blank(line):
            yield line


def _is_blank(line: bytes | EcgError) -> bool:
    return isinstance(line, bytes) and (not line or line.isspace())


class LengthPrefixed(_Kept):
    """Before each document, its length in bytes: four of them, the most significant first.

    So no document that cannot be read costs the next ones, and none is read to find its end.
    """

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self._head = b""
        self._missing = 0

    def split(self, piece: bytes) -> Iterator[bytes | EcgError]:
        start = 0
        while start < len(piece):
            if len(self._head) < HEAD:
                start = self._read_head(piece, start)
            else:
                start = self._read_document(piece, start)
            if len(self._head) == HEAD and not self._missing:
                self._head = b""
                yield self._take()

    def end(self) -> Iterator[bytes | EcgError]:
        if self._head:
            self._head, detail = b"", "The body ends before this document does."
            error = Malformed(Violation((), "truncated", detail))
            kept = self._take()
            yield kept if isinstance(kept, EcgError) else error

    def _read_head(self, piece: bytes, start: int) -> int:
        stop = start + HEAD - len(self._head)
        self._head += piece[start:stop]
        if len(self._head) == HEAD:
            self._missing = int.from_bytes(self._head)
            if self._missing > self._max_bytes:
                self._skip_large()
        return stop

    def _read_document(self, piece: bytes, start: int) -> int:
        stop = start + self._missing
        part = piece[start:stop]
        self._keep(part)
        self._missing -= len(part)
        return stop


@dataclass(frozen=True, slots=True)
class Framing:
    """The format of the documents, and what splits a body into those of at most so many bytes."""

    format: Format
    splitter: Callable[[int], Splitter]


NDJSON = Framing(Json(), Lines)

FRAMINGS: Mapping[str, Framing] = {
    "application/x-ndjson": NDJSON,
    "application/jsonl": NDJSON,
    "application/vnd.ecg.msgpack-stream": Framing(MessagePack(), LengthPrefixed),
}
"""By media type, in lower case."""
