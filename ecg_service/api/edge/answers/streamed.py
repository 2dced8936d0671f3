"""Answers that are written while they are read: those of long recordings."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import aclosing
from typing import Any

from litestar import Request
from litestar.types import Send
from msgspec import Struct

from ecg_service.api.edge.answers.negotiated import type_of
from ecg_service.api.edge.answers.preferences import format_of
from ecg_service.api.edge.answers.responses import Header, is_head, send_whole
from ecg_service.domain.errors import EcgError
from ecg_service.formats import Streamed

logger = logging.getLogger(__name__)

Parts = AsyncGenerator[bytes]


async def send_streamed(
    content: Struct,
    signals: Sequence[tuple[Streamed, Parts]],
    request: Request[Any, Any, Any],
    headers: Iterable[Header],
    send: Send,
) -> None:
    """Answer 200 with a struct, and the parts of each signal in the place of its mark.

    What fails before the first part is an error like any other. What fails later cuts the answer
    off: it gets no end, so that it cannot be taken for a whole one.
    """
    chosen = format_of(request)
    fields = [type_of(chosen), *headers]
    async with aclosing(_ahead(_pieces(chosen.write(content), signals))) as pieces:
        first = await anext(pieces)
        if is_head(request.scope):
            await send_whole(200, fields, b"", send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": first, "more_body": True})
        try:
            async for piece in pieces:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except EcgError as error:
            logger.error("an answer was cut off: %s: %s", type(error).__name__, error)  # noqa: TRY400
            return
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pieces(body: bytes, signals: Sequence[tuple[Streamed, Parts]]) -> Parts:
    for streamed, parts in signals:
        before, body = body.split(streamed.mark, 1)
        before += streamed.head
        async with aclosing(parts):
            async for part in parts:
                yield before + part if before else part
                before = b""
        body = streamed.tail + body
    yield body


async def _ahead(parts: Parts) -> Parts:
    """Yield the parts; while one is used the next one is read."""
    async with aclosing(parts):
        following = asyncio.ensure_future(anext(parts, None))
        try:
            while (part := await following) is not None:
                following = asyncio.ensure_future(anext(parts, None))
                yield part
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)
