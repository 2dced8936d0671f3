"""Content codings (RFC 9110 §8.4.1) of requests: gzip and zstd, inflated within bounds.

This is done on the event loop, in steps of a part of a millisecond between which others have their
turn: most bodies inflate in less time than a hop to a thread takes.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from http import HTTPStatus
from typing import Protocol

from litestar.exceptions import HTTPException

from ecg_service.api.edge.gathered import Gathered
from ecg_service.domain.errors import Malformed, Violation

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 65_536
"""Bytes that are read, and that are written, in one step at most."""
FREE = 1_000_000
"""Bytes that any body may inflate to, whatever its size: a flat line shrinks to a thousandth."""
MAX_WINDOW_LOG = 23
"""RFC 9659: a window of at most 8 MB."""

Headers = Iterable[tuple[bytes, bytes]]
Hold = Callable[[int], None]


class Inflater(Protocol):
    """Inflates one member or frame in steps."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


class _Gunzip(Inflater):
    """A gzip member, as zstd's inflater has a frame: it keeps what it has not read yet."""

    def __init__(self) -> None:
        self._inflater = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inflater.eof

    @property
    def needs_input(self) -> bool:
        return not self._inflater.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inflater.unused_data

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        return self._inflater.decompress(data or self._inflater.unconsumed_tail, max_length)


def _unzstd() -> Inflater:
    limit: dict[int, int] = {zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG}
    return zstd.ZstdDecompressor(options=limit)


_INFLATERS: dict[bytes, Callable[[], Inflater]] = {
    b"gzip": _Gunzip,
    b"x-gzip": _Gunzip,  # RFC 9110 §8.4.1.3
    b"zstd": _unzstd,
}
_ACCEPTED = "gzip, zstd"


def coding_of(headers: Headers) -> bytes | None:
    """Return the coding of a body, if it has one; raises 415 unless it is one that is known."""
    given = [value for name, value in headers if name == b"content-encoding"]
    if not given:
        return None
    coding = given[0].strip().lower()
    if len(given) > 1 or coding not in _INFLATERS:
        raise HTTPException(
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            detail=f"Send the body in no Content-Encoding, or in one of {_ACCEPTED}.",
            headers={"Accept-Encoding": _ACCEPTED},
        )
    return coding


async def inflated(body: bytes, coding: bytes, *, max_bytes: int, ratio: int, hold: Hold) -> bytes:
    """Return what a body inflates to, or raise `Malformed` if it is not of its coding.

    Answers 413 beyond `max_bytes` or, above `FREE`, beyond `ratio` times its size. `hold` is called
    with the bytes that are in memory.
    """
    gathered = Gathered(min(max_bytes, ratio * len(body)))
    for part in _steps(coding, body):
        gathered.add(part)
        if gathered.size > max_bytes:
            raise _too_large(f"The body may inflate to {max_bytes} bytes.")
        if gathered.size > max(ratio * len(body), FREE):
            raise _too_large(f"The body may inflate to {ratio} times its size.")
        hold(len(body) + gathered.size)
        await asyncio.sleep(0)
    return gathered.whole()


def _too_large(detail: str) -> HTTPException:
    return HTTPException(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE, detail=detail)


def _steps(coding: bytes, body: bytes) -> Iterator[bytes]:
    inflater, at = _INFLATERS[coding](), 0
    try:
        while not inflater.eof:
            hungry = inflater.needs_input
            data = body[at : at + STEP] if hungry else b""
            part = inflater.decompress(data, STEP)
            at += len(data)
            if hungry and not (data or part or inflater.eof):
                raise _malformed(coding, "truncated", "ends too early")
            yield part
    except (zlib.error, zstd.ZstdError) as error:
        raise _malformed(coding, "corrupt", f"is damaged: {error}") from error
    if inflater.unused_data or at < len(body):
        raise _malformed(coding, "trailing", "is followed by something: send one stream only")


def _malformed(coding: bytes, code: str, detail: str) -> Malformed:
    return Malformed(Violation((), code, f"The {coding.decode()} stream of the body {detail}."))
