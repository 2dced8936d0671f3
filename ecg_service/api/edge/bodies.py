"""Receives request bodies, bounded in size."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, TypeVar, cast

import msgspec
from litestar import Request
from litestar.exceptions import ClientException, HTTPException
from litestar.types import HTTPReceiveMessage

from ecg_service.api.edge.encodings import coding_of, inflated
from ecg_service.api.edge.gathered import Gathered
from ecg_service.domain.errors import Invalid, Malformed, Violation
from ecg_service.domain.violations import violation
from ecg_service.formats.json_hints import BOM, ONE_DOCUMENT, hint

T = TypeVar("T")

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
MAX_SMALL_BODY = 16_384
MIN_DISCARDED = 1_000_000
_CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of a body; the server bounds the time that it may take."""

    max_bytes: int
    max_inflation: int = 100


def length_of(field: bytes) -> int:
    """Return the bytes that a Content-Length announces, 0 if it is no number; a longer number is cut."""
    return int(field.lstrip(b"0")[:20] or 0) if field.isdigit() else 0


async def check_headers(
    request: Request[Any, Any, Any], limits: BodyLimits, media_types: Collection[str]
) -> tuple[str, int]:
    """Return the body's media type and its bytes, 0 if they are not announced.

    Answers 415 or 413 before the body is read.
    """
    headers = dict(request.scope["headers"])
    content_type = headers.get(b"content-type", b"").partition(b";")[0]
    media_type = content_type.strip().lower().decode("latin-1")
    if media_type not in media_types:
        raise HTTPException(
            status_code=HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            detail=f"Send {' or '.join(media_types)}.",
        )
    if b"content-encoding" in headers:
        coding_of(request.scope["headers"])
    size = length_of(headers.get(b"content-length", b""))
    if size > limits.max_bytes:
        # A client that waits for `100 Continue` has sent no body to discard.
        await _discard(request, limits, more=b"expect" not in headers)
        raise _too_large(limits)
    return media_type, size


async def read_body(
    request: Request[Any, Any, Any],
    limits: BodyLimits,
    hold: Callable[[int], None] = lambda _: None,
    *,
    size: int = 0,
) -> bytes:
    """Read the whole body, of which `size` bytes are announced, or answer 413 and close the connection.

    `hold` makes room for as many bytes as have come, or raises `Overloaded`.
    Not `request.body()`, which takes a third of an empty handler's time.
    """
    body, more = Gathered(size or limits.max_bytes), True
    while more and body.size <= limits.max_bytes:
        part, more = await read_part(request)
        body.add(part)
        hold(body.size)
    if body.size > limits.max_bytes:
        await _discard(request, limits, more=more)
        raise _too_large(limits)
    return body.whole()


async def decoded(
    body: bytes,
    request: Request[Any, Any, Any],
    limits: BodyLimits,
    hold: Callable[[int], None] = lambda _: None,
) -> bytes:
    """Undo the content coding of a body, if it has one."""
    coding = coding_of(request.scope["headers"])
    if coding is None:
        return body
    return await inflated(
        body, coding, max_bytes=limits.max_bytes, ratio=limits.max_inflation, hold=hold
    )


async def read_small_body(kind: type[T], request: Request[Any, Any, Any], limits: BodyLimits) -> T:
    """Read and decode a body of a few fields."""
    small = replace(limits, max_bytes=min(limits.max_bytes, MAX_SMALL_BODY))
    await check_headers(request, small, [JSON])
    body = await read_body(request, small)
    return decode_strictly(kind, await decoded(body, request, small))


async def read_form(request: Request[Any, Any, Any], limits: BodyLimits) -> bytes:
    """Read a form of a few fields, which is not decoded."""
    small = replace(limits, max_bytes=min(limits.max_bytes, MAX_SMALL_BODY))
    await check_headers(request, small, [FORM])
    return await decoded(await read_body(request, small), request, small)


def decode_strictly(kind: type[T], body: bytes) -> T:
    """Decode JSON strictly: no unknown field, no duplicate key, no lax conversion."""
    text = body.removeprefix(BOM)
    try:
        json.loads(text.decode(), object_pairs_hook=_unique)
        return msgspec.json.decode(text, type=kind, strict=True)
    except msgspec.ValidationError as error:
        raise Invalid(violation(error)) from error
    except (ValueError, RecursionError) as error:
        raise Malformed(Violation((), "syntax", hint(text) or _place(error))) from error


def _place(error: Exception) -> str:
    """Say what is wrong and where, without a character of the body: it may hold a password."""
    if not isinstance(error, json.JSONDecodeError):
        return "The body is not valid JSON."
    advice = f": {ONE_DOCUMENT}" if error.msg == "Extra data" else ""
    return f"{error.msg} at character {error.pos}{advice}"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Invalid(Violation((), "duplicate_key", "A key stands twice in one object."))
    return found


async def _discard(request: Request[Any, Any, Any], limits: BodyLimits, *, more: bool) -> None:
    """Keep reading: a client cut off mid-upload never sees the error."""
    left = max(limits.max_bytes, MIN_DISCARDED)
    while more and left > 0:
        chunk, more = await read_part(request)
        left -= len(chunk)


async def read_part(request: Request[Any, Any, Any]) -> tuple[bytes, bool]:
    """Return what has come of the body, and whether there is more."""
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
