"""What tells browsers never to come without TLS again (RFC 6797)."""

from collections.abc import Awaitable, Sequence

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from ecg_service.api.edge.answers.responses import encoded
from ecg_service.settings import ServerSettings


def hsts(settings: ServerSettings) -> list[tuple[str, str]]:
    """Return the field that says it, if it is to be said."""
    below = "; includeSubDomains" if settings.hsts_subdomains else ""
    seconds = settings.hsts_seconds
    return [("Strict-Transport-Security", f"max-age={seconds}{below}")] if seconds else []


def with_hsts(app: ASGIApp, said: Sequence[tuple[str, str]]) -> ASGIApp:
    """Say it where a proxy whose word is taken has spoken TLS with the client."""
    fields = encoded(dict(said))

    async def secured(scope: Scope, receive: Receive, send: Send) -> None:
        def send_secured(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *fields]
            return send(message)

        await app(scope, receive, send_secured if scope["scheme"] == "https" else send)

    return secured
