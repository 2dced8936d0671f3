"""What a service tells of itself."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, choice, divided, secret


@dataclass(frozen=True, slots=True)
class LogSettings:
    """`[log]`: lines on standard error, explained in [logs.md](logs.md)."""

    log_format: str = choice("auto", "json", "console")
    """One JSON object a line, or lines for people; `auto` is for people on a terminal, and else JSON."""
    log_level: str = choice("info", "debug", "warning", "error")
    """What is less important is left out."""
    log_requests: int = bounded(100, least=0)
    """How many requests a second get a line; those beyond are counted in the next one. Every answer of 500 has one."""
    log_queue: int = 10_000
    """How many lines may wait for a slow standard error; more are dropped, and counted."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """`[auditing]`: [who did what](audit.md), in the database."""

    audit: str = choice("off", "on")
    """Whether each read, write, denial and sign-in leaves a row; commands heed it, too."""
    audit_queue: int = divided(10_000)
    """How many rows of reads and denials may wait to be stored; beyond that requests of users are 503."""
    audit_delay_seconds: float = 0.05
    """How long they wait for others: a crash loses those that wait."""
    audit_retention_seconds: float = bounded(0.0, least=0)
    """How long rows are kept; 0 keeps them for ever."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """`[trace]`: spans for OpenTelemetry, explained in [tracing.md](tracing.md)."""

    traces: str = choice("off", "otlp")
    """`otlp` exports spans over HTTP to where the standard variables `OTEL_EXPORTER_OTLP_…` say; needs the extra `otel` ([tracing](tracing.md))."""
    trace_percent: float = bounded(100.0, least=0, most=100)
    """Of requests that come without a trace so many are traced; of others those whose caller traces them."""
    trace_requests: int = bounded(100, least=0)
    """How many requests a second are traced at most, in each process."""
    trace_queue: int = 4_096
    """How many spans may wait to be exported; the oldest are dropped."""
    trace_seconds: float = 5.0
    """After so long an export is given up, and so is the last one when the service ends."""


@dataclass(frozen=True, slots=True)
class MetricsSettings:
    """`[metrics]`: what Prometheus is told, explained in [metrics.md](metrics.md)."""

    metrics_token: str | None = secret(None)
    """What Prometheus sends as a bearer token to read `/metrics`, 16 characters or more. Without it there is no such page, and nothing is counted for it."""
