"""What every response has, whatever its route."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import cast

from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_NO_STORE = (b"cache-control", b"no-store")
_IS_HEAD = "ecg.is_head"
_ALLOWING = {204, 405}
"""The statuses of answers that say which methods a path has."""

Header = tuple[bytes, bytes]


def with_head_and_no_store(app: ASGIApp) -> ASGIApp:
    """Add `Cache-Control: no-store` to responses without one, and answer HEAD as GET without content.

    Litestar 2 answers HEAD with 405, against RFC 9110 §9.3.2, and a header that it sets on all
    responses it copies for each of them. `Allow` names HEAD beside GET.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        def send_no_store(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                if message["status"] in _ALLOWING:
                    headers = map(_with_head, headers)
                message["headers"] = _with_no_store(headers)
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            return send(message)

        head = scope["type"] == "http" and scope["method"] == "HEAD"
        if head:
            scope = cast("Scope", {**scope, "method": "GET", _IS_HEAD: True})
        await app(scope, receive, send_no_store)

    return answer


def is_head(scope: Scope) -> bool:
    """Whether nobody gets the content of the answer."""
    return _IS_HEAD in scope


def _with_no_store(headers: Iterable[Header]) -> list[Header]:
    given = [*headers]
    return given if _NO_STORE[0] in dict(given) else [*given, _NO_STORE]


def _with_head(header: Header) -> Header:
    name, value = header
    return (name, value + b", HEAD") if name == b"allow" and b"GET" in value else header


async def send_whole(status: int, headers: Iterable[Header], body: bytes, send: Send) -> None:
    """Send an answer that is there as a whole."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def encoded(headers: Mapping[str, str]) -> list[Header]:
    """Return header fields as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def answer_options(scope: Scope, send: Send) -> None:
    """Answer OPTIONS with the methods of the path; Litestar's answer lacks some of them."""
    routes, path = scope["litestar_app"].routes, scope["path_template"]
    [methods] = [r.methods for r in routes if isinstance(r, HTTPRoute) and r.path_format == path]
    await send_whole(204, encoded({"Allow": ", ".join(sorted(methods))}), b"", send)
