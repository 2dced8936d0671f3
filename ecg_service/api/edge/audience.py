"""Whom a route is for. Each declares it in its `opt`, as in `opt = {"audience": Audience.USERS}`.

Not a guard: Litestar copies the route handler for each of them at every request.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from ecg_service.domain.users import Role

Route = HTTPRoute | ASGIRoute | WebSocketRoute


class Audience(Enum):
    """The roles that may enter; EVERYBODY enters without credentials."""

    EVERYBODY = ()
    SIGNED_IN = tuple(Role)
    USERS = (Role.USER,)
    ADMINS = (Role.ADMIN,)

    def __init__(self, *roles: Role) -> None:
        self.roles = roles


def require_audiences(routes: Iterable[Route]) -> None:
    """Raise `ImproperlyConfiguredException`, naming the routes that declare no audience."""
    missing = [
        f"{route.path} ({handler.handler_name})"
        for route in routes
        for handler in _handlers(route)
        if not isinstance(handler.opt.get("audience"), Audience)
    ]
    if missing:
        raise ImproperlyConfiguredException(f"Routes without an audience: {', '.join(missing)}")


def _handlers(route: Route) -> Iterator[BaseRouteHandler]:
    """Yield what answers there, without what Litestar makes to answer OPTIONS."""
    if isinstance(route, HTTPRoute):
        yield from (one for one in route.route_handlers if one.http_methods != {"OPTIONS"})
    else:
        yield route.route_handler
