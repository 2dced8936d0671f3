"""The audience of a route, declared in its `opt`, as in `opt = {"audience": Audience.USERS}`.

Not a guard: for each guard Litestar copies the route handler at every request.
"""

from collections.abc import Iterable, Iterator
from enum import Enum

from litestar.exceptions import ImproperlyConfiguredException
from litestar.handlers import BaseRouteHandler
from litestar.routes import ASGIRoute, HTTPRoute, WebSocketRoute

from ecg_service.domain.errors import Forbidden, MissingScope
from ecg_service.domain.principal import Principal, Scope
from ecg_service.domain.users import Role

Route = HTTPRoute | ASGIRoute | WebSocketRoute


class Audience(Enum):
    """Whom a route admits: users with a role, EVERYBODY without credentials.

    Credentials that allow a part only, such as an API key, must have the scope of the route; where
    it has none, nobody with such credentials is admitted. Who has an initial password has no scope, and is among the PASSWORD_HOLDERS
    only.
    """

    EVERYBODY = ((), None)
    SIGNED_IN = (tuple(Role), None)
    PASSWORD_HOLDERS = (tuple(Role), None, True)
    USERS = ((Role.USER,), None)
    SENDERS = ((Role.USER,), Scope.INGEST)
    READERS = ((Role.USER,), Scope.READ)
    ADMINS = ((Role.ADMIN,), None)

    def __init__(
        self,
        roles: tuple[Role, ...],
        scope: Scope | None,
        admits_initial: bool = False,
    ) -> None:
        self.roles = roles
        self.scope = scope
        self._admits_initial = admits_initial

    def admits(self, principal: Principal) -> bool:
        """Whether the route is for them."""
        scopes = principal.scopes
        allowed = scopes is None or self.scope in scopes or (not scopes and self._admits_initial)
        return allowed and principal.role in self.roles

    def refusal(self, principal: Principal) -> Forbidden:
        """Return why the route is not for them."""
        if principal.role not in self.roles:
            return Forbidden()
        if not principal.scopes:
            return MissingScope("Replace your initial password first: PUT /users/me/password.")
        if self.scope is None:
            return MissingScope("No scope allows this: sign in with a name and password.")
        return MissingScope(f"This needs the scope `{self.scope}`.")


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
