"""The state of the application: the services that its routes call."""

from dataclasses import dataclass
from typing import Any, cast

from litestar import Request

from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.edge.bodies import BodyLimits
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.health import Health
from ecg_service.services.ingest.batches import BatchLimits
from ecg_service.services.ingest.submissions import Ingest
from ecg_service.services.users import Users


@dataclass(frozen=True, slots=True)
class Services:
    """The services behind the API, and the limits of requests."""

    ingest: Ingest
    ecgs: Ecgs
    users: Users
    schemes: tuple[Scheme, ...]
    health: Health
    limits: BodyLimits
    batches: BatchLimits
    max_wait: int


def services_of(request: Request[Any, Any, Any]) -> Services:
    """Return the services of the application that answers this request.

    Not injected: Litestar resolves dependencies at every request, which takes a fifth of an
    empty handler's time.
    """
    return cast("Services", request.app.state["services"])
