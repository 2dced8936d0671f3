"""Traces of requests, if they are configured, and where they go."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from types import ModuleType

from ecg_service import __version__
from ecg_service.domain.traces import Traces
from ecg_service.settings import BadSettings, TraceSettings, variable

OFF = "off"


def _adapter() -> ModuleType:
    """Import the adapter, whose libraries only those have who asked for them."""
    try:
        return import_module("ecg_service.adapters.otel")
    except ImportError as error:
        msg = f"{variable('traces')}: needs the extra `otel`: in a checkout, `pip install ./ecg_core '.[otel]'` installs it"
        raise BadSettings(msg) from error


@asynccontextmanager
async def opened_traces(settings: TraceSettings) -> AsyncGenerator[Traces | None]:
    """Yield what records spans, or nothing; at the end export those that wait, in bounded time."""
    if settings.traces == OFF:
        yield None
        return
    try:
        exporter = _adapter().SpanExporter(
            settings.trace_queue, settings.trace_seconds, __version__
        )
    except ValueError as error:  # of a variable of OpenTelemetry, whose value may be a secret
        raise BadSettings(f"{variable('traces')}: a variable OTEL_… is not valid") from error
    try:
        yield Traces(exporter.take, settings.trace_queue)
    finally:
        await asyncio.to_thread(exporter.close)


__all__ = ["Traces", "opened_traces"]
