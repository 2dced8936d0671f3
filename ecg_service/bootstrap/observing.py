"""Who is told of each request: the log, traces and metrics, whichever are configured."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING

from ecg_service.api.edge.observed import Observer, Seen
from ecg_service.api.state import Services
from ecg_service.bootstrap.logs import LogWriter
from ecg_service.bootstrap.logs.requests import log_refusals, log_requests
from ecg_service.bootstrap.metrics.shared import Slots
from ecg_service.bootstrap.tracing import Traces
from ecg_service.bootstrap.tracing.requests import RequestTraces
from ecg_service.server import Refusal
from ecg_service.settings import Settings

if TYPE_CHECKING:
    from ecg_service.bootstrap.metrics.page import Metrics


@dataclass(frozen=True, slots=True)
class Observing:
    """What is told of requests, and the metrics that come of it, if anybody may read them."""

    observers: tuple[Observer, ...]
    begin: Callable[[Seen], None] | None
    metrics: "Metrics | None"
    refused: Callable[[Refusal], None]
    """Is told of requests that the server refuses by itself."""

    def of(self, services: Services) -> Services:
        """Return the services with what observes their requests."""
        return replace(services, observers=self.observers, begin=self.begin, metrics=self.metrics)

    def told(self, parts: Callable[[], Mapping[str, object]]) -> AbstractAsyncContextManager[None]:
        """Let metrics have what the parts of the service say of themselves, until the block ends."""
        return self.metrics.told(parts) if self.metrics else nullcontext()


def observing(
    settings: Settings, log: LogWriter | None, traces: Traces | None, slots: Slots | None
) -> Observing:
    """Return who is told of requests by these settings."""
    requests = RequestTraces(traces, settings.trace) if traces else None
    metrics = _metrics(settings, slots)
    observers = (
        *((log_requests(log, settings.log.log_requests),) if log else ()),
        *((requests.observe,) if requests else ()),
        *((metrics.requests.observe,) if metrics else ()),
    )
    refused = log_refusals(log, settings.log.log_requests) if log else _nothing
    return Observing(observers, requests and requests.begin, metrics, refused)


def _nothing(_: object) -> None:
    """Tell nobody."""


def _metrics(settings: Settings, slots: Slots | None) -> "Metrics | None":
    """Import Prometheus's library, in a tenth of a second, only if anybody may read the metrics."""
    if (token := settings.metrics.metrics_token) is None:
        return None
    page = import_module("ecg_service.bootstrap.metrics.page")
    return page.Metrics(token, slots or Slots())
