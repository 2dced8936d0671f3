"""What is audited of requests: reads, what users are denied, and who signs in; stores note what is written."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from litestar.types import Scope
from msgspec.structs import replace

from ecg_service.api.edge.answers.responses import is_head
from ecg_service.api.edge.observed import Observer, Seen, route_of, seen_of
from ecg_service.domain.audit.events import OK, USER, event
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
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def origin_of(scope: Scope, issuer: str) -> Origin:
    """Return where a request comes from, whose credentials are vouched for by the issuer."""
    client = scope["client"]
    return Origin(issuer, seen_of(scope).id.decode(), client[0][:MAX_ADDRESS] if client else "")


def begun(audit: AuditQueue, principal: Principal, scope: Scope) -> Principal:
    """Return the principal of one request; raises `Overloaded` if it could not be noted."""
    audit.admit()
    origin = origin_of(scope, _issuer_of(principal))
    audit.sees(USER + principal.name, origin)
    return replace(principal, origin=origin)


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
                audit.deny(SIGN_IN, outcome, origin_of(scope, "").address)
            return
        method = "GET" if is_head(scope) else kept["method"]
        outcome = DENIED.get(seen.status)
        if method == "GET" and DONE <= seen.status < REFUSED:
            outcome = OK
        if outcome:
            route = f"{method} {route_of(scope)}"
            audit.note(event(principal, ACTIONS.get(route, route), _object_of(scope), outcome))

    return observe


def _object_of(scope: Scope) -> str:
    """Return the id in a path, or the user; whatever else a client has put there may be anything."""
    parameters: dict[str, str] = cast("dict[str, Any]", scope).get("path_params") or {}
    if "name" in parameters:
        return USER + parameters["name"].encode(errors="replace").decode()
    for value in parameters.values():
        return value if _ID.fullmatch(value) else ""
    return ""
