"""HTTP authentication (RFC 9110 §11) by several schemes, and the check of a route's audience."""

from collections.abc import Sequence
from typing import Any, Protocol, cast

from litestar import Request, Response
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.access.audited import begun
from ecg_service.api.edge.answers.responses import answer_options
from ecg_service.api.edge.problems import ecg_error, send_problem
from ecg_service.domain.errors import EcgError, Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.services.audit.queue import AuditQueue


class Scheme(Protocol):
    """A way to sign in with the `Authorization` header."""

    name: str
    """Its name in that header, in lower case."""
    challenge: str
    """Its challenge in `WWW-Authenticate`."""
    description: str | None = None
    """What the OpenAPI document says of its credentials."""

    async def authenticate(self, credentials: bytes, address: str) -> Principal:
        """Return the principal of these credentials, or raise `Unauthenticated`.

        `address` is where they come from, and empty if that is unknown.
        """
        ...


def address_of(scope: Scope) -> str:
    """Return the address of the peer, or of whom a trusted proxy names."""
    client = scope["client"]
    return client[0] if client else ""


class Authentication:
    """Middleware that puts the principal into the scope as its user, or answers 401 or 403.

    It is the outermost, so it answers all errors of this service, its own and those of other middleware,
    past Litestar, which takes three times as long. OPTIONS says the same to everybody.
    """

    def __init__(self, schemes: Sequence[Scheme], audit: AuditQueue | None = None) -> None:
        self._audit = audit
        self._schemes = {scheme.name.encode(): scheme for scheme in schemes}
        challenges = ", ".join(scheme.challenge for scheme in schemes)
        self._challenge = {"WWW-Authenticate": challenges}

    def __call__(self, app: ASGIApp) -> ASGIApp:
        """Wrap an application; Litestar's `ASGIMiddleware` would add two calls to each request."""

        async def authenticated(scope: Scope, receive: Receive, send: Send) -> None:
            if cast("HTTPScope", scope)["method"] == "OPTIONS":
                return await answer_options(scope, send)
            try:
                audience = scope["route_handler"].opt["audience"]
                if audience is not Audience.EVERYBODY:
                    await self._admit(scope, audience)
                return await app(scope, receive, send)
            except Unauthenticated as error:
                return await send_problem(error, send, self._challenge)
            except EcgError as error:
                return await send_problem(error, send)

        return authenticated

    async def _admit(self, scope: Scope, audience: Audience) -> None:
        scheme, credentials = self._credentials(scope)
        principal = await scheme.authenticate(credentials, address_of(scope))
        if self._audit is not None:
            principal = begun(self._audit, principal, scope)
        scope["user"] = principal
        if not audience.admits(principal):
            raise audience.refusal(principal)

    def _credentials(self, scope: Scope) -> tuple[Scheme, bytes]:
        headers = [value for name, value in scope["headers"] if name == b"authorization"]
        if len(headers) != 1:
            raise Unauthenticated
        name, _, credentials = headers[0].partition(b" ")
        scheme = self._schemes.get(name.lower())
        if scheme is None:
            raise Unauthenticated
        return scheme, credentials.lstrip(b" ")

    def challenge(self, request: Request[Any, Any, Any], error: Unauthenticated) -> Response[bytes]:
        """Answer 401 with the challenges of all schemes."""
        answer = ecg_error(request, error)
        answer.headers.update(self._challenge)
        return answer
