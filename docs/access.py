"""The page about who may do what, from the audiences of an application's routes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from litestar import Request
from litestar.routes import HTTPRoute
from litestar.types import ASGIApp, Receive, Scope, Send

from ecg_service.api.edge.access.audience import Audience
from ecg_service.domain import principal
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role

_INGEST, _READ = principal.Scope.INGEST, principal.Scope.READ
_USER, _ADMIN = Principal("ann", Role.USER), Principal("root", Role.ADMIN)

PRINCIPALS: Mapping[str, Principal | None] = {
    "nobody": None,
    "disabled": None,
    "expired": None,
    "user": _USER,
    "user's token": _USER,
    "token `ingest`": Principal("ann", Role.USER, frozenset([_INGEST])),
    "token `read`": Principal("ann", Role.USER, frozenset([_READ])),
    "key `ingest`": Principal("ann", Role.USER, frozenset([_INGEST])),
    "key `read`": Principal("ann", Role.USER, frozenset([_READ])),
    "key with both": Principal("ann", Role.USER, frozenset([_INGEST, _READ])),
    "admin": _ADMIN,
    "admin's token": _ADMIN,
}
"""Whoever may come; None are those whom no credentials make anybody."""

OBJECTS = {"own": "yes", "another's": "404", "deleted": "404", "missing": "404", "malformed": "404"}
"""What a path may name of what belongs to somebody, and what those get who may use the route."""

_OWNED = {"ecg_id", "key_id", "session_id"}
_OTHERS = {
    "index": "a lead of an ECG: with the ECG",
    "name": "a user, whom every admin may change",
    "file": "a file of the page",
    "slug": "a type of problems",
}
"""The parameters of paths that name nothing of anybody's, and what they name."""

_NOWHERE = "/schema/{path}"
"""Litestar's own, where nothing is found."""

_BEFORE = """\
# Who may do what

Made by `just generate` from the audience that each route declares ([audience.py](../ecg_service/api/edge/access/audience.py)); an application with a route that declares none does not start. `tests/api/test_matrix.py` makes
each request of these tables, so a new route fails until it has its place, and holds them beside a table that is written by hand. **yes** is an answer of success; 401 asks to [sign in](sign-in.md); 403 is for whoever has signed in
and may not.

`GET /metrics` is there only with `metrics_token`, and for whoever has that ([metrics](metrics.md)).

## Routes
*nobody* has no credentials, or wrong ones; *disabled* is a user who was disabled, *expired* an access token or key whose time is over, or a key that was revoked. Tokens of an [identity provider](oidc.md) are as those
of the service, with the role that they claim.

"""

_OBJECTS = """
## What belongs to somebody
What the caller of a route gets who may use it, by what the path names. All others get what the table above says, whatever it names: who may not look is not told what is there.

"""

_AFTER = """
404 is 404: the answers for what is another's, deleted, missing or malformed have the same bytes, but for the date and the id of the request, and take the same time of the processor within 5 % ([measured](performance.md#what-a-404-tells)).
The repositories take the owner with the id (`tests/unit/ports/test_owners.py`), so there is no ECG to be forgotten to be checked.

"""


@dataclass(frozen=True, slots=True)
class Place:
    """A route and whom it admits."""

    route: str
    audience: Audience

    def cell(self, name: str) -> str:
        """Return what this principal gets."""
        who = PRINCIPALS[name]
        if self.audience is Audience.EVERYBODY:
            return "yes"
        if who is None:
            return "401"
        return "yes" if self.audience.admits(who) else "403"


async def places(app: ASGIApp) -> list[Place]:
    """Return all routes of an application."""
    scopes = list[Scope]()

    async def listening(scope: Scope, receive: Receive, send: Send) -> None:
        scopes.append(scope)
        await app(scope, receive, send)

    asked: Any = listening
    async with httpx.AsyncClient(transport=httpx.ASGITransport(asked), base_url="http://x") as one:
        await one.get("/health/live")
    routes = Request[Any, Any, Any](scopes[0]).app.routes
    found = {
        Place(f"{method} {route.path_format}", handler.opt["audience"])
        for route in routes
        if isinstance(route, HTTPRoute) and route.path_format != _NOWHERE
        for handler in route.route_handlers
        for method in handler.http_methods - {"OPTIONS"}
    }
    return sorted(found, key=lambda place: place.route.split()[::-1])


def page(found: list[Place]) -> str:
    """Return the page."""
    return "".join((_BEFORE, *_routes(found), _OBJECTS, *_owned(found), _AFTER, *_rest(found)))


def _routes(found: list[Place]) -> Iterator[str]:
    yield _line("route", *PRINCIPALS) + _line(*["---"] * (1 + len(PRINCIPALS)))
    for place in found:
        yield _line(f"`{place.route}`", *map(place.cell, PRINCIPALS))


def _owned(found: list[Place]) -> Iterator[str]:
    yield _line("route", *OBJECTS) + _line(*["---"] * (1 + len(OBJECTS)))
    for place in found:
        if _OWNED & _parameters(place):
            yield _line(f"`{place.route}`", *OBJECTS.values())


def _rest(found: list[Place]) -> Iterator[str]:
    """Yield what other parameters name; one that is not known has to be placed first."""
    named = sorted(set[str]().union(*map(_parameters, found)) - _OWNED)
    told = [f"`{{{name}}}` is {_OTHERS[name]}" for name in named]
    yield f"Of other parameters of paths {'; '.join(told)}.\n"


def _parameters(place: Place) -> set[str]:
    return {part[1:-1] for part in place.route.split("/") if part.startswith("{")}


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"
