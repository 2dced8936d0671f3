"""The state of the application: the services that its routes call."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from litestar import Request

from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.edge.bodies import BodyLimits, read_small_body
from ecg_service.api.edge.observed import Observer, Seen
from ecg_service.api.metrics import Metrics
from ecg_service.services.audit.queue import AuditQueue
from ecg_service.services.authentication import PasswordAuthenticator
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.grants.api_keys import ApiKeys
from ecg_service.services.grants.sessions import Sessions
from ecg_service.services.health import Health
from ecg_service.services.ingest.batches import BatchLimits
from ecg_service.services.ingest.submissions import Ingest
from ecg_service.services.quotas import Quotas
from ecg_service.services.users import Users

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Services:
    """The services behind the API, and the limits of requests."""

    ingest: Ingest
    ecgs: Ecgs
    users: Users
    api_keys: ApiKeys
    passwords: PasswordAuthenticator
    sessions: Sessions
    schemes: tuple[Scheme, ...]
    health: Health
    limits: BodyLimits
    batches: BatchLimits
    max_wait: int
    origins: frozenset[bytes] = frozenset()
    """Whose pages may use the API."""
    quotas: Quotas | None = None
    audit: AuditQueue | None = None
    observers: tuple[Observer, ...] = ()
    begin: Callable[[Seen], None] | None = None
    """What is told of a request before it is answered."""
    statistics: Callable[[], Mapping[str, object]] = dict
    metrics: Metrics | None = None


def services_of(request: Request[Any, Any, Any]) -> Services:
    """Return the services of the application that answers this request.

    Not injected: Litestar resolves dependencies at every request, which takes a fifth of an
    empty handler's time.
    """
    return cast("Services", request.app.state["services"])


async def current_body(kind: type[T], request: Request[Any, Any, Any]) -> T:
    """Read a small body, which may take long, and refuse it if the user has changed meanwhile."""
    body = await read_small_body(kind, request, services_of(request).limits)
    await require_current(request)
    return body


async def require_current(request: Request[Any, Any, Any]) -> None:
    """Raise `Unauthenticated` if the user has changed since the request began, or their key is gone."""
    await services_of(request).users.require_current(request.user)
    await services_of(request).api_keys.require_current(request.user)
