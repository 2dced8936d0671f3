"""What is audited of requests: reads, what users are denied, and who signs in; stores note what is written."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from time import time_ns
from typing import Any, cast

from litestar.types import HTTPScope, Scope
from msgspec import Struct
from msgspec.structs import replace

from ecg_service.api.edge.observed import Observer, Seen, route_of, seen_of
from ecg_service.domain.audit.events import OK, USER, Event
from ecg_service.domain.principal import Origin, Principal
from ecg_service.services.audit.queue import AuditQueue

ACTIONS = {
    "POST /ecg": "ecg.create",
    "POST /ecg/batch": "ecg.create",
    "GET /ecg": "ecg.list",
    "GET /ecg/{ecg_id}": "ecg.read",
    "DELETE /ecg/{ecg_id}": "ecg.delete",
    "GET /ecg/{ecg_id}/leads/{index}": "ecg.read",
    "GET /ecg/{ecg_id}/insights": "insights.read",
    "POST /users": "user.create",
    "GET /users": "user.list",
    "PATCH /users/{name}": "user.change",
    "GET /users/me": "user.read",
    "PUT /users/me/password": "user.password",
    "DELETE /users/me/sessions": "user.sign-out",
    "GET /users/me/sessions": "session.list",
    "DELETE /users/me/sessions/{session_id}": "session.end",
    "POST /api-keys": "api-key.create",
    "GET /api-keys": "api-key.list",
    "DELETE /api-keys/{key_id}": "api-key.revoke",
    "GET /health/checks": "health.read",
}
"""What a request does, by its route; of another route, the route."""

DONE, REFUSED = 200, 400
DENIED: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.FORBIDDEN: "forbidden",
    HTTPStatus.NOT_FOUND: "not-found",
    HTTPStatus.CONFLICT: "conflict",
}
"""The outcomes of what is denied; what is refused for its form or for want of room has none."""
REFUSED_STRANGERS: Mapping[int, str] = {
    HTTPStatus.UNAUTHORIZED: "unauthenticated",
    HTTPStatus.TOO_MANY_REQUESTS: "too-many-guesses",
}
SIGN_IN = "sign-in"
MAX_ADDRESS = 64
_Client = tuple[str, int] | None
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def origin_of(scope: Scope, issuer: str) -> Origin:
    """Return where a request comes from, whose credentials are vouched for by the issuer."""
    return _origin(issuer, seen_of(scope).id, scope["client"])


def _origin(issuer: str, request: bytes, client: _Client) -> Origin:
    return Origin(issuer, request.decode(), _address(client))


def _address(client: _Client) -> str:
    return client[0][:MAX_ADDRESS] if client else ""


def begun(audit: AuditQueue, principal: Principal, scope: Scope) -> Principal:
    """Return the principal of one request; raises `Overloaded` if it could not be noted.

    One that may write has its origin, which stores note with what they write.
    """
    audit.admit()
    issuer = _issuer_of(principal)
    if audit.is_new(principal.name, issuer, _address(scope["client"])):
        actor, origin = USER + principal.name, origin_of(scope, issuer)
        audit.note(Event(SIGN_IN, actor=actor, origin=origin))
    if cast("HTTPScope", scope)["method"] == "GET":
        return principal
    return replace(principal, origin=origin_of(scope, issuer))


def _issuer_of(principal: Principal) -> str:
    """Return who vouches for a principal: a key, a provider or our own tokens, or else the password."""
    if principal.grant:
        return f"api-key:{principal.grant}"
    return principal.origin.issuer if principal.origin else "password"


def audit_requests(audit: AuditQueue) -> Observer:
    """Return what notes answered requests."""

    def observe(scope: Scope, seen: Seen, _: float) -> None:
        kept = cast("dict[str, Any]", scope)
        principal: Principal | None = kept.get("user")
        if principal is None:
            if outcome := REFUSED_STRANGERS.get(seen.status):
                audit.deny(SIGN_IN, outcome, _address(scope["client"]))
            return
        outcome = DENIED.get(seen.status)
        if kept["method"] == "GET" and DONE <= seen.status < REFUSED:
            outcome = OK
        if outcome:
            route, named = route_of(scope), _first(kept.get("path_params"))
            by, at = (principal, seen.id, scope["client"]), time_ns() // 1000
            audit.note(_Answered(kept["method"], route, named, outcome, *by, at))

    return observe


def _first(names: Mapping[str, str] | None) -> str:
    """Return what stands in the path in the place of a name; no path has more than one that counts."""
    return next(iter(names.values())) if names else ""


class _Answered(Struct, frozen=True, gc=False):
    """What becomes an event when it is stored."""

    method: str
    route: str
    named: str
    outcome: str
    principal: Principal
    request: bytes
    client: _Client
    at: int

    def __call__(self) -> Event:
        route, actor = f"{self.method} {self.route}", USER + self.principal.name
        action, issuer = ACTIONS.get(route, route), _issuer_of(self.principal)
        origin = _origin(issuer, self.request, self.client)
        return Event(action, self._object(), self.outcome, actor, origin, 1, self.at)

    def _object(self) -> str:
        """Return the id in the path, or the user; whatever else a client has put there may be anything."""
        if "{name}" in self.route:
            return USER + self.named.encode(errors="replace").decode()
        return self.named if _ID.fullmatch(self.named) else ""
