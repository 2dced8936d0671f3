"""Routes of health, for everybody: liveness and readiness."""

from typing import Any

from litestar import Controller, Request, Response, get

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.state import services_of
from ecg_service.domain.errors import EcgError

MEDIA_TYPE = "application/health+json"


class HealthController(Controller):
    """Health for load balancers and orchestrators, without versions or host names."""

    path = "/health"
    tags = ["Health"]
    opt = {"audience": Audience.EVERYBODY}

    @get("/live")
    async def live(self) -> Response[dict[str, str]]:
        """Return 200 while the event loop runs; checks nothing else."""
        return Response({"status": "pass"}, media_type=MEDIA_TYPE)

    @get("/ready")
    async def ready(self, request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        """Return 200 if an ECG could be stored now, else 503; "warn" means nearly overloaded."""
        try:
            status = await services_of(request).health.check()
        except EcgError:
            return Response({"status": "fail"}, status_code=503, media_type=MEDIA_TYPE)
        return Response({"status": status}, media_type=MEDIA_TYPE)
