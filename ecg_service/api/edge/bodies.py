"""Takes request bodies in, bounded in size and in time."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, cast

from litestar import Request
from litestar.exceptions import ClientException, HTTPException
from litestar.types import HTTPReceiveMessage

JSON = b"application/json"
MAX_SMALL_BODY = 16_384
MIN_LINGER = 1_000_000
_CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """What a body may cost: bytes, and seconds until its last byte has come."""

    max_bytes: int
    max_seconds: float


async def announced_size(request: Request[Any, Any, Any], limits: BodyLimits) -> int:
    """Return how much room the body may need; raises 415 and 413 before any of it is read."""
    headers = dict(request.scope["headers"])
    if headers.get(b"content-type", b"").partition(b";")[0].strip().lower() != JSON:
        raise HTTPException(
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail=f"Send {JSON.decode()}."
        )
    if b"content-encoding" in headers:
        raise HTTPException(
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            detail="Send the body without a Content-Encoding.",
            headers={"Accept-Encoding": "identity"},
        )
    length = headers.get(b"content-length", b"")
    size = int(length.lstrip(b"0")[:20] or 0) if length.isdigit() else limits.max_bytes
    if size > limits.max_bytes:
        # One who waits for `100 Continue` has sent nothing that could be in the way.
        await _discard(request, limits, more=b"expect" not in headers)
        raise _too_large(limits)
    return size


async def receive(request: Request[Any, Any, Any], limits: BodyLimits) -> bytes:
    """Read the whole body, or answer 408 or 413 and close the connection.

    Not `request.body()`: that costs a third of an empty handler's time.
    """
    chunks: list[bytes] = []
    size, more = 0, True
    try:
        async with asyncio.timeout(limits.max_seconds):
            while more:
                chunk, more = await _chunk(request)
                size += len(chunk)
                if size > limits.max_bytes:
                    break
                chunks.append(chunk)
    except TimeoutError as error:
        raise _too_slow(limits) from error
    if size > limits.max_bytes:
        await _discard(request, limits, more=more)
        raise _too_large(limits)
    return b"".join(chunks)


async def receive_small(request: Request[Any, Any, Any], limits: BodyLimits) -> bytes:
    """Read a body of a few fields."""
    small = replace(limits, max_bytes=min(limits.max_bytes, MAX_SMALL_BODY))
    await announced_size(request, small)
    return await receive(request, small)


async def _discard(request: Request[Any, Any, Any], limits: BodyLimits, *, more: bool) -> None:
    """Read on for a while: a sender who is cut off while sending never sees why."""
    left = max(limits.max_bytes, MIN_LINGER)
    with suppress(TimeoutError):
        async with asyncio.timeout(limits.max_seconds):
            while more and left > 0:
                chunk, more = await _chunk(request)
                left -= len(chunk)


async def _chunk(request: Request[Any, Any, Any]) -> tuple[bytes, bool]:
    message = cast("HTTPReceiveMessage", await request.receive())
    if message["type"] == "http.disconnect":
        raise ClientException(detail="The connection was closed.")
    return message["body"], message["more_body"]


def _too_large(limits: BodyLimits) -> HTTPException:
    return HTTPException(
        status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        detail=f"The body may have {limits.max_bytes} bytes.",
        headers=_CLOSE,
    )


def _too_slow(limits: BodyLimits) -> HTTPException:
    return HTTPException(
        status_code=HTTPStatus.REQUEST_TIMEOUT,
        detail=f"The body did not arrive within {limits.max_seconds} seconds.",
        headers=_CLOSE,
    )
