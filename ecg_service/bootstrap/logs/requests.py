"""The lines of requests, also of those that never reach the application."""

import time
from collections.abc import Callable
from http import HTTPStatus

from litestar.types import Scope

from ecg_service.api.edge.observed import Observer, Seen, method_of, principal_of, route_of
from ecg_service.bootstrap.logs.lines import Event
from ecg_service.bootstrap.logs.writer import LogWriter
from ecg_service.server import Refusal

LOGGER = "ecg_service.requests"
ALWAYS = HTTPStatus.INTERNAL_SERVER_ERROR


def log_requests(writer: LogWriter, most: int) -> Observer:
    """Return what logs so many requests of each second, and all that are answered by 500.

    A line has no path, query or header: they may hold what nobody should read in a log.
    """
    rate = _Rate(most)

    def observe(scope: Scope, seen: Seen, seconds: float) -> None:
        if rate.has_room() or seen.status == ALWAYS:
            writer.put(_event(scope, seen, seconds) | rate.taken())

    return observe


def log_refusals(writer: LogWriter, most: int) -> Callable[[Refusal], None]:
    """Return what logs so many refusals of each second; of the request, which may be anything, nothing."""
    rate = _Rate(most)

    def tell(refusal: Refusal) -> None:
        if rate.has_room():
            event: Event = {
                "time": time.time(),
                "level": "info",
                "logger": LOGGER,
                "event": "refused",
                "status": refusal.kind.status,
                "reason": refusal.detail,
            }
            writer.put(event | rate.taken())

    return tell


class _Rate:
    """So many lines a second; those that are skipped are counted in the next one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._since, self._lines, self._skipped = 0.0, 0, 0

    def has_room(self) -> bool:
        now = time.monotonic()
        if now - self._since >= 1:
            self._since, self._lines = now, 0
        self._skipped += 1
        return self._lines < self._most

    def taken(self) -> Event:
        """Count a line, and return what it says of those before it."""
        skipped = self._skipped - 1
        self._lines, self._skipped = self._lines + 1, 0
        return {"skipped": skipped} if skipped else {}


def _event(scope: Scope, seen: Seen, seconds: float) -> Event:
    event: Event = {
        "time": time.time(),
        "level": "info",
        "logger": LOGGER,
        "event": "request",
        "request_id": seen.id.decode(),
        "trace_id": seen.trace.decode(),
        "principal": principal_of(scope) or seen.principal,
        "method": method_of(scope),
        "route": route_of(scope),
        "status": seen.status,
        "bytes_received": seen.received,
        "bytes_sent": seen.sent,
        "samples": seen.samples,
        "seconds": round(seconds, 6),
    }
    stages = {f"{name}_seconds": round(value, 6) for name, value in seen.stages.items()}
    return {name: value for name, value in event.items() if value != ""} | stages
