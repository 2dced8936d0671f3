"""What every response has, whatever its route."""

from collections.abc import Awaitable, Iterable, Mapping
from typing import cast

from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ecg_service.formats import Body

Header = tuple[bytes, bytes]

_NO_STORE = (b"cache-control", b"no-store")
_POLICY = (
    b"content-security-policy",
    b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
FOR_BROWSERS: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""What every answer tells browsers: to believe its type, to tell nobody where they were, and to let no page of others have it."""
ALWAYS = (_NO_STORE, _POLICY, *FOR_BROWSERS)
"""What an answer has that says nothing else: nobody keeps it, and it loads nothing and stands in no frame."""
_IS_HEAD = "ecg.is_head"
_ALLOWING = {204, 405}
"""The statuses of answers that say which methods a path has."""


def with_head_and_fields(app: ASGIApp) -> ASGIApp:
    """Add the fields that every response has, and answer HEAD as GET without content.

    Litestar 2 answers HEAD with 405, against RFC 9110 §9.3.2, and a header that it sets on all
    responses it copies for each of them. `Allow` names HEAD beside GET.
    """

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        def send_with_fields(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                if message["status"] in _ALLOWING:
                    headers = map(_with_head, headers)
                message["headers"] = _with_fields(headers)
            elif head and message["type"] == "http.response.body":
                message["body"] = b""
            return send(message)

        head = scope["type"] == "http" and scope["method"] == "HEAD"
        if head:
            scope = cast("Scope", {**scope, "method": "GET", _IS_HEAD: True})
        await app(scope, receive, send_with_fields)

    return answer


def is_head(scope: Scope) -> bool:
    """Whether nobody gets the content of the answer."""
    return _IS_HEAD in scope


def _with_fields(headers: Iterable[Header]) -> list[Header]:
    given = [*headers]
    named = dict(given)
    if _NO_STORE[0] not in named:
        given.append(_NO_STORE)
    if _POLICY[0] not in named:
        given.append(_POLICY)
    given.extend(FOR_BROWSERS)
    return given


def _with_head(header: Header) -> Header:
    name, value = header
    return (name, value + b", HEAD") if name == b"allow" and b"GET" in value else header


async def send_whole(status: int, headers: Iterable[Header], body: Body, send: Send) -> None:
    """Send an answer that is there as a whole; the server takes a bytearray for bytes, too."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    whole = cast("bytes", body)
    await send({"type": "http.response.body", "body": whole, "more_body": False})


def encoded(headers: Mapping[str, str]) -> list[Header]:
    """Return header fields as ASGI has them."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


async def answer_options(scope: Scope, send: Send) -> None:
    """Answer OPTIONS with the methods of the path; Litestar's answer lacks some of them."""
    routes, path = scope["litestar_app"].routes, scope["path_template"]
    [methods] = [r.methods for r in routes if isinstance(r, HTTPRoute) and r.path_format == path]
    await send_whole(204, encoded({"Allow": ", ".join(sorted(methods))}), b"", send)
