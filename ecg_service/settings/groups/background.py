"""Insights, and who computes them."""

from dataclasses import dataclass, field

from ecg_service.settings.groups.bounds import DIVIDED, FROM_ZERO, PERCENT


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """`[insights]`: the computation of insights in the background."""

    insight_mailbox: int = field(default=1024, metadata=DIVIDED)
    insight_batch: int = 32
    insight_attempts: int = 3
    insight_delay_seconds: float = field(default=1.0, metadata=FROM_ZERO)
    insight_percent: int = field(default=20, metadata=PERCENT)
    max_backlog_seconds: float = 10.0
    cheap_insight_percent: int = field(default=50, metadata=FROM_ZERO)
    sweep_seconds: float = 5.0
    lease_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """`[broker]`: who computes insights in the background, and the broker if others do.

    `tasks` is `in-process` or `celery`.
    """

    tasks: str = "in-process"
    broker_url: str = "amqp://127.0.0.1"
    broker_queue: str = "ecg.insights"
    broker_seconds: float = 2.0
