"""What is told of every request when it is answered, and the id by which it is found again."""

import re
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from secrets import token_hex
from time import perf_counter
from typing import Any, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ecg_service.api.edge.answers.responses import is_head
from ecg_service.api.edge.bodies import length_of
from ecg_service.domain.traces import TraceContext

_ID = re.compile(rb"[A-Za-z0-9._:/+=@-]{1,128}")
_TRACE = re.compile(rb"[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
"""The trace context of the W3C, version 00 and what later versions have in common with it."""

KEY = "ecg.seen"


class Seen:
    """A request that is being answered; `stages` are the seconds of its parts, where they are measured.

    `principal` is who got a token by it; of other requests see `principal_of`.
    `context` is its span if it is traced, `parent` that of its caller, `batch` that of what stored its ECG.
    """

    __slots__ = (
        "batch",
        "context",
        "id",
        "parent",
        "principal",
        "received",
        "samples",
        "sent",
        "stages",
        "started",
        "status",
        "trace",
        "traceparent",
    )

    def __init__(self) -> None:
        self.started = perf_counter()
        self.id = self.trace = self.traceparent = b""
        self.principal = ""
        self.parent: TraceContext | None = None
        self.context: TraceContext | None = None
        self.batch: TraceContext | None = None
        self.status = self.sent = self.samples = 0
        self.received = 0
        self.stages: dict[str, float] = {}


Observer = Callable[[Scope, Seen, float], None]
"""Is told of each answered request how many seconds it took."""


def seen_of(scope: Scope) -> Seen:
    """Return what is known of a request, also of one that nobody observes."""
    return _any(scope).get(KEY) or Seen()


def route_of(scope: Scope) -> str:
    """Return the template of the path, which has no ids; "-" if there is no such route."""
    return _any(scope).get("path_template") or "-"


def method_of(scope: Scope) -> str:
    """Return the method as it was sent; "-" for one that nobody knows, of which there may be many."""
    method = "HEAD" if is_head(scope) else _any(scope)["method"]
    return method if method in _METHODS else "-"


def principal_of(scope: Scope) -> str:
    """Return the name of the principal, if there is one."""
    user = _any(scope).get("user")
    return user.name if user else ""


def _any(scope: Scope) -> dict[str, Any]:
    return cast("dict[str, Any]", scope)


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def with_observers(
    app: ASGIApp, observers: Iterable[Observer], begin: Callable[[Seen], None] | None = None
) -> ASGIApp:
    """Tell observers of each request, and give it an id, or take the one it has; `begin` may give it a trace.

    The id is that of `X-Request-Id`, or of the trace that `traceparent` names; if neither is in form, as hostile
    ones are not, it is new. The answer has it in `X-Request-Id`.
    """
    each, prefix, numbers = tuple(observers), token_hex(6).encode(), count(1)

    async def observed(scope: Scope, receive: Receive, send: Send) -> None:
        seen = _any(scope)[KEY] = Seen()
        _read_fields(seen, scope["headers"])
        if begin is not None:
            begin(seen)
        seen.id = seen.id or seen.trace or b"%b-%x" % (prefix, next(numbers))

        def note(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*message["headers"], (b"x-request-id", seen.id)]
            elif message["type"] == "http.response.body":
                seen.sent += len(message["body"])
            return send(message)

        try:
            await app(scope, receive, note)
        finally:
            seconds = perf_counter() - seen.started
            for observe in each:
                observe(scope, seen, seconds)

    return observed


def _read_fields(seen: Seen, headers: Iterable[tuple[bytes, bytes]]) -> None:
    for name, value in headers:
        if name == b"content-length":
            seen.received = length_of(value)
        elif name == b"x-request-id":
            seen.id = value if _ID.fullmatch(value) else b""
        elif name == b"traceparent" and (found := _TRACE.fullmatch(value)):
            seen.trace, seen.traceparent = found[1], value
