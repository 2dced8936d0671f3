"""The route of metrics, for Prometheus."""

from typing import Any, Protocol

from litestar import Controller, Request, Response, get

from ecg_service.api.edge.access.audience import Audience
from ecg_service.domain.errors import Unauthenticated

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics(Protocol):
    """What the service tells of itself."""

    def admits(self, authorization: str) -> bool:
        """Whether a request with this `Authorization` may read it."""
        ...

    async def text(self) -> bytes:
        """Return it as Prometheus reads it."""
        ...


class MetricsController(Controller):
    """Metrics, for whoever has the token of the settings; without a token there is no such route."""

    path = "/metrics"
    opt = {"audience": Audience.EVERYBODY}

    @get(include_in_schema=False)
    async def metrics(self, request: Request[Any, Any, Any]) -> Response[bytes]:
        """Return what the service counts, in the text format of Prometheus."""
        metrics: Metrics = request.app.state["services"].metrics
        if not metrics.admits(request.headers.get("authorization", "")):
            raise Unauthenticated
        return Response(await metrics.text(), media_type=MEDIA_TYPE)
