"""HTTP Basic (RFC 7617), and which role may enter."""

import base64
from typing import cast

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from ecg_service.domain.errors import Forbidden, Unauthenticated
from ecg_service.domain.users import Role
from ecg_service.services.access import Access

MAX_HEADER_LENGTH = 1024
OPEN = {"open": True}
"""`opt` of routes that need no credentials; all others need them."""


def only(role: Role) -> dict[str, Role]:
    """Return the `opt` of routes that let nobody in but this role.

    Not a guard: Litestar copies the route handler for each of them at every request.
    """
    return {"role": role}


class BasicAuth(ASGIMiddleware):
    """Puts the user into the scope, or answers 401."""

    scopes = (ScopeType.HTTP,)
    exclude_opt_key = "open"

    def __init__(self, access: Access) -> None:
        self._access = access
        self.should_bypass_for_scope = _is_schema

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Check the `Authorization` header, then the role."""
        if cast("HTTPScope", scope)["method"] != "OPTIONS":
            name, password = _credentials(_authorization(scope))
            user = await self._access.authenticate(name, password)
            if user.role is not scope["route_handler"].opt.get("role", user.role):
                raise Forbidden
            scope["user"] = user
        await next_app(scope, receive, send)


def _is_schema(scope: Scope) -> bool:
    return scope["path"].startswith("/schema")


def _authorization(scope: Scope) -> bytes:
    found = [value for name, value in scope["headers"] if name == b"authorization"]
    return found[0] if len(found) == 1 else b""


def _credentials(header: bytes) -> tuple[str, str]:
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic" or len(header) > MAX_HEADER_LENGTH:
        raise Unauthenticated
    try:
        name, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except ValueError as error:
        raise Unauthenticated from error
    if not colon:
        raise Unauthenticated
    return name, password
