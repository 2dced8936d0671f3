"""Exports spans by OpenTelemetry's OTLP over HTTP, from a queue that never holds up anybody."""

import logging
import os
import threading
import time
from collections.abc import Sequence
from time import perf_counter

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import Link, SpanContext, SpanKind, Status, StatusCode, TraceFlags

from ecg_service.domain.traces import Span, TraceContext

logger = logging.getLogger(__name__)

SERVICE = "ecg-service"
BATCH = 512
NANOSECONDS = 1_000_000_000
_KINDS = {kind.name.lower(): kind for kind in SpanKind}
_SAMPLED = TraceFlags(TraceFlags.SAMPLED)
_FAILED = Status(StatusCode.ERROR)
_ENDED = Status()


class SpanExporter:
    """A queue of at most `capacity` spans and a thread that exports them; the oldest are dropped.

    The standard variables `OTEL_EXPORTER_OTLP_…` say where to and how, `OTEL_SERVICE_NAME` and
    `OTEL_RESOURCE_ATTRIBUTES` who it is. An export is given up after `seconds`. It is made in the process
    that uses it: its thread does not survive a fork.
    """

    def __init__(self, capacity: int, seconds: float, version: str) -> None:
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # one line is said here
        self._seconds = seconds
        self._scope = InstrumentationScope("ecg_service", version)
        facts = {"service.version": version, "process.pid": os.getpid()}
        self._resource = Resource.create(facts)
        if str(self._resource.attributes["service.name"]).startswith("unknown_service"):
            self._resource = self._resource.merge(Resource({"service.name": SERVICE}))
        self._processor = BatchSpanProcessor(
            _Exporter(timeout=seconds), capacity, max_export_batch_size=min(BATCH, capacity)
        )

    def take(self, span: Span) -> None:
        """Queue a span; never waits."""
        # Not by a tracer: the ids are known before a span ends, and its times have been measured.
        now, at = time.time_ns(), perf_counter()
        self._processor.on_end(
            ReadableSpan(
                span.name,
                _context(span.context),
                _context(span.causes[0], is_remote=span.kind == "server") if span.causes else None,
                self._resource,
                span.facts,
                links=[Link(_context(cause)) for cause in span.causes[1:]],
                kind=_KINDS[span.kind],
                status=_FAILED if span.failed else _ENDED,
                start_time=now - int((at - span.began) * NANOSECONDS),
                end_time=now - int((at - span.ended) * NANOSECONDS),
                instrumentation_scope=self._scope,
            )
        )

    def close(self) -> None:
        """Export what waits, and wait for that no longer than an export may take."""
        # A daemon: a collector that hangs must not hold up the end of the process.
        closing = threading.Thread(target=self._processor.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(self._seconds)


class _Exporter(OTLPSpanExporter):
    """Logs when exports begin to fail, and when they go on, and nothing of what is told of them."""

    _is_lost = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = super().export(spans)
        is_lost = result is not SpanExportResult.SUCCESS
        if is_lost != self._is_lost:
            self._is_lost = is_lost
            if is_lost:
                logger.warning("traces are lost: the collector does not take them")
            else:
                logger.info("the collector takes traces again")
        return result


def _context(context: TraceContext, *, is_remote: bool = False) -> SpanContext:
    return SpanContext(context.trace_id, context.span_id, is_remote, _SAMPLED)
