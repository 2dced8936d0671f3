"""Routes of health: liveness and readiness for everybody, what they follow from for admins."""

from typing import Any, TypeVar

from litestar import Controller, Request, Response, get

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.openapi.declared import Sent, documented
from ecg_service.api.schemas.health import ChecksOut, HealthOut
from ecg_service.api.state import services_of

MEDIA_TYPE = "application/health+json"

T = TypeVar("T", HealthOut, ChecksOut)


class HealthController(Controller):
    """Health for load balancers and orchestrators, without versions or host names."""

    path = "/health"
    tags = ["Health"]
    opt = {"audience": Audience.EVERYBODY}

    @get("/live", **documented({200: Sent(HealthOut, [MEDIA_TYPE])}))
    async def live(self) -> Response[HealthOut]:
        """Return 200 while the event loop runs; checks nothing else."""
        return _answer(HealthOut("pass"))

    @get("/ready", **documented(dict.fromkeys((200, 503), Sent(HealthOut, [MEDIA_TYPE]))))
    async def ready(self, request: Request[Any, Any, Any]) -> Response[HealthOut]:
        """Return 200 if an ECG could be stored now, else 503; "warn" means that some may be refused."""
        report = await services_of(request).health.look()
        return _answer(HealthOut(report.status))

    @get(
        "/checks",
        opt={"audience": Audience.ADMINS},
        **documented(dict.fromkeys((200, 503), Sent(ChecksOut, [MEDIA_TYPE]))),
    )
    async def checks(self, request: Request[Any, Any, Any]) -> Response[ChecksOut]:
        """Return what readiness follows from, with its status code: each part, what was seen, and why."""
        return _answer(ChecksOut.of(await services_of(request).health.look()))


def _answer(health: T) -> Response[T]:
    status_code = 503 if health.status == "fail" else 200
    return Response(health, status_code=status_code, media_type=MEDIA_TYPE)
