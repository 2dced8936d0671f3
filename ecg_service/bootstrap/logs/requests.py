"""The line of a request."""

import time
from http import HTTPStatus

from litestar.types import Scope

from ecg_service.api.edge.observed import Observer, Seen, method_of, principal_of, route_of
from ecg_service.bootstrap.logs.lines import Event
from ecg_service.bootstrap.logs.writer import LogWriter

LOGGER = "ecg_service.requests"
ALWAYS = HTTPStatus.INTERNAL_SERVER_ERROR


def log_requests(writer: LogWriter, most: int) -> Observer:
    """Return what logs so many requests of each second, and all that are answered by 500.

    A line has no path, query or header: they may hold what nobody should read in a log.
    """
    since, lines, skipped = 0.0, 0, 0

    def observe(scope: Scope, seen: Seen, seconds: float) -> None:
        nonlocal since, lines, skipped
        now = time.monotonic()
        if now - since >= 1:
            since, lines = now, 0
        if lines >= most and seen.status != ALWAYS:
            skipped += 1
            return
        writer.put(_event(scope, seen, seconds) | ({"skipped": skipped} if skipped else {}))
        lines, skipped = lines + 1, 0

    return observe


def _event(scope: Scope, seen: Seen, seconds: float) -> Event:
    event: Event = {
        "time": time.time(),
        "level": "info",
        "logger": LOGGER,
        "event": "request",
        "request_id": seen.id.decode(),
        "trace_id": seen.trace.decode(),
        "principal": principal_of(scope),
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
