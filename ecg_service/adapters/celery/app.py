"""The Celery application: one quorum queue of hints, and one for those that nobody can use."""

import ssl
from typing import Any

import celery  # pyright: ignore[reportMissingTypeStubs]
import kombu  # pyright: ignore[reportMissingTypeStubs]
from msgspec import Struct

_celery: Any = celery
_kombu: Any = kombu

TASK = "ecg.compute_insights"
"""The name of the only task; its one argument is a list of ids."""

TRACEPARENT = "traceparent"
"""The header that tells the trace of a message (W3C Trace Context: AMQP)."""

MAX_HINTS, MAX_PARKED = 1000, 1000
"""Messages in each queue; a full queue of hints refuses more, the other one drops its oldest."""

MAX_DELIVERIES = 20
"""A message that has killed as many workers is parked. That of an ECG which does so ends much earlier."""

HEARTBEAT = 10.0
"""Seconds; a connection of which nothing is heard for twice as long is given up, on both sides."""


class Broker(Struct, frozen=True):
    """Where hints go; `seconds` bounds each wait for the broker."""

    url: str
    queue: str = "ecg.insights"
    seconds: float = 2.0


def make_app(broker: Broker) -> Any:  # noqa: ANN401 - Celery has no types
    """Return an application that knows the queue of hints and takes nothing but JSON."""
    app = _celery.Celery("ecg", broker=broker.url, set_as_current=False, fixups=[])
    app.conf.update(
        task_queues=[_hints(broker)],
        task_default_queue=broker.queue,
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_acks_late=True,  # what a worker has not finished is delivered again
        task_reject_on_worker_lost=True,  # also with a pool of processes
        worker_prefetch_multiplier=1,
        worker_detect_quorum_queues=True,  # these have no prefetch for all consumers of a channel
        worker_enable_remote_control=False,
        worker_consumer="ecg_service.adapters.celery.consumer:Consumer",
        worker_cancel_long_running_tasks_on_connection_loss=True,
        broker_connection_retry_on_startup=True,
        broker_connection_timeout=broker.seconds,
        broker_heartbeat=HEARTBEAT,
        broker_transport_options={"confirm_publish": True},
        broker_use_ssl=_tls(broker.url),
    )
    return app


def parked(broker: Broker) -> Any:  # noqa: ANN401
    """Return the queue of messages that are no hints, or that killed every worker."""
    return _queue(_parked_name(broker), {"x-max-length": MAX_PARKED})


def _hints(broker: Broker) -> Any:  # noqa: ANN401
    return _queue(
        broker.queue,
        {
            "x-max-length": MAX_HINTS,
            "x-overflow": "reject-publish",
            "x-delivery-limit": MAX_DELIVERIES,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": _parked_name(broker),
        },
    )


def _parked_name(broker: Broker) -> str:
    return f"{broker.queue}.parked"


def _queue(name: str, arguments: dict[str, object]) -> Any:  # noqa: ANN401
    return _kombu.Queue(
        name,
        exchange=_kombu.Exchange(""),
        routing_key=name,
        queue_arguments={"x-queue-type": "quorum", **arguments},
    )


def _tls(url: str) -> object:
    """Return what verifies the broker's certificate and name; py-amqp by itself leaves out the name."""
    if not url.startswith("amqps://"):
        return None
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": None}
