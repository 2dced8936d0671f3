"""Insights, and who computes them."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, choice, divided, secret


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """`[insights]`: the computation of insights in the background."""

    insight_mailbox: int = divided(1024)
    """How many ECGs may be queued for insights; others are left to the next sweep."""
    insight_batch: int = 32
    """How many ECGs are computed at once."""
    insight_attempts: int = 3
    """How often an insight may fail before it is given up."""
    insight_delay_seconds: float = bounded(1.0, least=0)
    """How long insights give way to bodies that are stored."""
    insight_percent: int = bounded(20, least=1, most=100)
    """The percentage of the time that insights get at least."""
    max_backlog_seconds: float = 10.0
    """The age of a pending insight; from three quarters of it on `POST /ecg` is 503."""
    cheap_insight_percent: int = bounded(50, least=0)
    """An insight is computed at ingest if it takes less than this percentage of the time of reading the ECG."""
    sweep_seconds: float = 5.0
    """The pause between two sweeps for insights that are pending."""
    lease_seconds: float = 30.0
    """After so long without a word, whoever computes an insight is taken for dead."""


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """`[broker]`: who computes insights in the background, and the broker if others do."""

    tasks: str = choice("in-process", "celery")
    """Who computes insights: this process, or [workers](celery.md)."""
    broker_url: str = secret("amqp://127.0.0.1")
    """The broker: `amqp://USER:PASSWORD@HOST:PORT/VHOST`, or `amqps://…` with TLS. Without a user, RabbitMQ's `guest`: at loopback only."""
    broker_queue: str = "ecg.insights"
    """The queue of hints; what is no hint goes to the one of this name and `.parked`."""
    broker_seconds: float = 2.0
    """Each wait for the broker."""
