"""The audience of a route, declared in its `opt`, as in `opt = {"audience": Audience.USERS}`.

Not a guard: for each guard Litestar copies the route handler at every request.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from ecg_service.domain.users import Role

Route = HTTPRoute | ASGIRoute | WebSocketRoute


class Audience(Enum):
    """The roles that a route admits; EVERYBODY needs no credentials."""

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
    """Yield the handlers of a route, without the one that Litestar adds for OPTIONS."""
    if isinstance(route, HTTPRoute):
        yield from (one for one in route.route_handlers if one.http_methods != {"OPTIONS"})
    else:
        yield route.route_handler
