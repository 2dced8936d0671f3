"""Compresses answers by `Accept-Encoding`.

This is done on the event loop, in steps of a part of a millisecond between which others have their
turn; the levels are the fastest ones, which make an ECG nearly as small as others do.
"""

import asyncio
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

from litestar.types import (
    ASGIApp,
    HTTPResponseStartEvent,
    Message,
    Receive,
    Scope,
    Send,
)

from ecg_service.api.edge.answers.preferences import Headers, coding_for
from ecg_service.api.edge.answers.validators import tag_compressed

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

LEAST = 1_000
"""Bytes of an answer that is compressed: fewer fit one packet anyway."""
STEP = 65_536


class _Deflater(Protocol):
    def compress(self, data: bytes, /) -> bytes: ...
    def flush(self) -> bytes: ...


_DEFLATERS: dict[bytes, Callable[[], _Deflater]] = {
    b"gzip": lambda: zlib.compressobj(level=1, wbits=31),
    b"zstd": lambda: zstd.ZstdCompressor(level=1),
}


def with_compression(app: ASGIApp) -> ASGIApp:
    """Compress the answers of an application to clients that accept it."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        coding = coding_for(scope["headers"]) if scope["type"] == "http" else None
        await app(scope, receive, _Compressing(send, coding) if coding else send)

    return answer


class _Compressing:
    """Sends an answer, compressed if it is large or comes in parts."""

    def __init__(self, send: Send, coding: bytes) -> None:
        self._send, self._coding = send, coding
        self._start: HTTPResponseStartEvent | None = None
        self._deflater: _Deflater | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message  # until the first part of the body tells how large it is
            return
        if message["type"] == "http.response.body":
            message["body"] = await self._part(message["body"], more=message["more_body"])
        await self._send(message)

    async def _part(self, body: bytes, *, more: bool) -> bytes:
        start, self._start = self._start, None
        if start and (more or len(body) >= LEAST):
            self._deflater = _DEFLATERS[self._coding]()
        if self._deflater:
            body = await _compressed(self._deflater, body, more=more)
        if start:
            if self._deflater:
                start["headers"] = [*self._headers(start["headers"], None if more else len(body))]
            await self._send(start)
        return body

    def _headers(self, headers: Headers, length: int | None) -> Iterator[tuple[bytes, bytes]]:
        for name, value in headers:
            if name == b"etag":
                yield name, tag_compressed(value, self._coding)
            elif name != b"content-length":
                yield name, value
        yield b"content-encoding", self._coding
        if length is not None:
            yield b"content-length", b"%d" % length


async def _compressed(deflater: _Deflater, body: bytes, *, more: bool) -> bytes:
    parts = list[bytes]()
    for at in range(0, len(body), STEP):
        parts.append(deflater.compress(body[at : at + STEP]))
        await asyncio.sleep(0)
    return b"".join([*parts, b"" if more else deflater.flush()])
