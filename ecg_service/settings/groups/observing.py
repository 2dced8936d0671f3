"""What a service tells of itself."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, choice


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
