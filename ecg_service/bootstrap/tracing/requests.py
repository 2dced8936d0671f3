"""Which requests are traced, and their spans."""

import time
from http import HTTPStatus
from time import perf_counter

from litestar.types import Scope

from ecg_service.api.edge.observed import Seen, method_of, route_of
from ecg_service.domain.traces import Span, TraceContext, Traces, child_of, read_traceparent
from ecg_service.settings import TraceSettings

_RANDOM = (1 << 56) - 1
"""The bits of a trace id that are random, whoever made it (W3C Trace Context 2)."""


class RequestTraces:
    """Traces requests whose caller does, and some of those that come without a trace.

    No more than `trace_requests` a second: what a caller says costs the service something.
    """

    def __init__(self, traces: Traces, settings: TraceSettings) -> None:
        self._traces = traces
        self._below = settings.trace_percent / 100 * (_RANDOM + 1)
        self._most = settings.trace_requests
        self._since, self._begun = 0.0, 0

    def begin(self, seen: Seen) -> None:
        """Give the request a span, if it is to be traced."""
        given = read_traceparent(seen.traceparent.decode()) if seen.traceparent else None
        if given:
            parent, is_traced = given
            context = child_of(parent)
        else:
            parent, context = None, child_of(None)
            is_traced = context.trace_id & _RANDOM < self._below
        if is_traced and self._has_room():
            seen.parent, seen.context = parent, context
            seen.trace = b"%032x" % context.trace_id

    def _has_room(self) -> bool:
        now = time.monotonic()
        if now - self._since >= 1:
            self._since, self._begun = now, 0
        self._begun += 1
        return self._begun <= self._most

    def observe(self, scope: Scope, seen: Seen, seconds: float) -> None:
        """Record the span of a request that has been answered, and its parts."""
        if seen.context is None:
            return
        facts = {
            "http.request.method": (method := method_of(scope)),
            "http.route": (route := route_of(scope)),
            "http.response.status_code": seen.status,
            "http.request.body.size": seen.received,
            "http.response.body.size": seen.sent,
            "ecg.samples": seen.samples,
        }
        self._traces.take(
            Span(
                f"{method} {route}",
                seen.context,
                (seen.parent,) if seen.parent else (),
                seen.started,
                seen.started + seconds,
                "server",
                facts,
                seen.status >= HTTPStatus.INTERNAL_SERVER_ERROR,
            )
        )
        if seen.batch:
            self._record_parts(seen, seen.context, seen.batch)

    def _record_parts(self, seen: Seen, context: TraceContext, batch: TraceContext) -> None:
        """Record what an ECG waited for, the last of it the batch in which it was stored."""
        stages, began = seen.stages, seen.started
        for name in ("read", "queue"):
            ended = began + stages[name]
            self._traces.part(name, context, began, ended)
            began = ended
        ended = min(began + stages["parse"] + stages["commit"], perf_counter())
        causes = (context, batch)
        self._traces.take(Span("store", child_of(context), causes, began, ended, "internal", {}))
