"""Cross-origin resource sharing: the pages of which other origins may use the API (Fetch, §3.2)."""

from collections.abc import Awaitable, Iterable
from typing import cast

from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from ecg_service.api.edge.answers.responses import Header

_ORIGIN_FIELD, _ALLOW, _VARY = b"origin", b"allow", b"vary"
_ASKED = b"access-control-request-method"

_MAY_SEND = (
    b"accept, authorization, content-encoding, content-type, idempotency-key, if-none-match, prefer, "
    b"traceparent, x-request-id"
)
_MAY_SEE = (
    b"etag, idempotency-replayed, link, location, preference-applied, ratelimit, ratelimit-policy, "
    b"retry-after, www-authenticate, x-request-id"
)
_PREFLIGHT_SECONDS = b"7200"  # no browser remembers it for longer


def with_origins(app: ASGIApp, origins: frozenset[bytes]) -> ASGIApp:
    """Let scripts of these origins send requests and see the answers.

    What they sign in with they put into the request themselves. Browsers add nothing: credentials that they keep are
    never allowed, so that no page can act for a user whom it does not know. The preflight asks nobody who they are.
    """

    async def shared(scope: Scope, receive: Receive, send: Send) -> None:
        fields = dict(scope["headers"])
        origin = fields.get(_ORIGIN_FIELD, b"")
        asked = cast("HTTPScope", scope)["method"] == "OPTIONS" and _ASKED in fields

        def send_shared(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                told = _told(message["headers"], origin, asked=asked) if origin in origins else ()
                message["headers"] = [*_varied(message["headers"]), *told]
            return send(message)

        await app(scope, receive, send_shared)

    return shared


def _told(headers: Iterable[Header], origin: bytes, *, asked: bool) -> list[Header]:
    told = [(b"access-control-allow-origin", origin)]
    if not asked:
        return [*told, (b"access-control-expose-headers", _MAY_SEE)]
    return [
        *told,
        (b"access-control-allow-methods", dict(headers).get(_ALLOW, b"")),
        (b"access-control-allow-headers", _MAY_SEND),
        (b"access-control-max-age", _PREFLIGHT_SECONDS),
    ]


def _varied(headers: Iterable[Header]) -> list[Header]:
    """Say that the answer depends on the origin, also to those without one, or a cache would mix them up."""
    given = [*headers]
    if _VARY not in dict(given):
        return [*given, (_VARY, b"Origin")]
    return [(name, value + b", Origin" if name == _VARY else value) for name, value in given]
