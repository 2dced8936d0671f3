"""What is audited of requests: reads, what users are denied, and who signs in; stores note what is written."""

import re
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from time import time_ns
from typing import Any, cast

from litestar.types import HTTPScope, Scope
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
        method, outcome = kept["method"], DENIED.get(seen.status)
        if method == "GET" and DONE <= seen.status < REFUSED:
            outcome = OK
        if outcome:
            route, names, at = route_of(scope), kept.get("path_params"), time_ns() // 1000
            origin = principal, seen.id, scope["client"]
            audit.note(partial(_answered, method, route, names, outcome, origin, at))

    return observe


def _answered(
    method: str,
    route: str,
    names: Mapping[str, str] | None,
    outcome: str,
    origin: tuple[Principal, bytes, _Client],
    at: int,
) -> Event:
    principal, request, client = origin
    action, actor = f"{method} {route}", USER + principal.name
    action, made = ACTIONS.get(action, action), _origin(_issuer_of(principal), request, client)
    return Event(action, _object_of(names or {}), outcome, actor, made, at=at)


def _object_of(names: Mapping[str, str]) -> str:
    """Return the id in a path, or the user; whatever else a client has put there may be anything."""
    if "name" in names:
        return USER + names["name"].encode(errors="replace").decode()
    for value in names.values():
        return value if _ID.fullmatch(value) else ""
    return ""
