"""Is the process alive, and can it take an ECG?"""

from typing import Any

from litestar import Controller, Request, Response, get

from ecg_service.api.edge.audience import Audience
from ecg_service.api.services import services_of
from ecg_service.domain.errors import EcgError

MEDIA_TYPE = "application/health+json"


class HealthController(Controller):
    """For load balancers and orchestrators; says nothing about versions or hosts."""

    path = "/health"
    tags = ["Health"]
    opt = {"audience": Audience.EVERYBODY}

    @get("/live")
    async def live(self) -> Response[dict[str, str]]:
        """Return 200 while the event loop turns; touches nothing else."""
        return Response({"status": "pass"}, media_type=MEDIA_TYPE)

    @get("/ready")
    async def ready(self, request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        """Return 200 if an ECG could be taken now, else 503."""
        try:
            await services_of(request).health.check()
        except EcgError:
            return Response({"status": "fail"}, status_code=503, media_type=MEDIA_TYPE)
        return Response({"status": "pass"}, media_type=MEDIA_TYPE)
