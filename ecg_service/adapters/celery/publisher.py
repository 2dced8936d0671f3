"""Publishes hints and waits for the broker's word that it has them."""

import logging
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any
from uuid import UUID

from amqp.exceptions import AMQPError, MessageNacked  # pyright: ignore[reportMissingTypeStubs]
from kombu.exceptions import KombuError  # pyright: ignore[reportMissingTypeStubs]

from ecg_service.adapters.celery.app import TASK, TRACEPARENT, Broker, make_app
from ecg_service.adapters.failures import kind
from ecg_service.adapters.urls import shown
from ecg_service.domain.traces import TraceContext

logger = logging.getLogger(__name__)

PAUSE = 1.0
"""Seconds after a failure in which nothing is tried."""

TRIES = 3
"""After so many failures in a row the queue is looked at."""
DELETE_SECONDS = 15.0
"""RabbitMQ takes five seconds to delete a queue that does not answer."""

FAILURES = (AMQPError, KombuError, OSError)
"""What a broker that is gone, hangs, or refuses lets kombu raise."""


class Publisher:
    """Publishes with one connection, for one thread; every wait is bounded, and no failure raised.

    What the broker has not confirmed is counted in `dropped`, though it may have it.
    """

    def __init__(self, broker: Broker) -> None:
        self._app = make_app(broker)
        self._place = shown(broker.url)
        self._seconds = broker.seconds
        self._producer: Any = None
        self._closed_until = 0.0
        self.is_lost = False
        self._failures = 0
        self.dropped = 0

    def publish(self, ecg_ids: Sequence[UUID], trace: TraceContext | None = None) -> None:
        """Publish the ids in one message, with their trace, or count them as dropped."""
        if time.monotonic() < self._closed_until:
            self.dropped += len(ecg_ids)
            return
        try:
            self._send([str(ecg_id) for ecg_id in ecg_ids], trace)
        except FAILURES as error:
            self.dropped += len(ecg_ids)
            reason = error.__cause__ or error
            if not isinstance(reason, MessageNacked):  # as it is when the queue is full
                self._give_up(reason)

    def close(self) -> None:
        """Close the connection, if the broker answers."""
        if self._producer is not None:
            with suppress(*FAILURES):
                self._producer.connection.close()
        self._producer = None

    def _send(self, ids: list[str], trace: TraceContext | None) -> None:
        if self._producer is None:
            self._producer = self._connected()
        self._app.send_task(
            TASK,
            [ids],
            producer=self._producer,
            retry=False,
            confirm_timeout=self._seconds,
            headers={TRACEPARENT: trace.traceparent} if trace else None,
        )
        if self.is_lost:
            logger.info("the broker %s is back", self._place)
        self.is_lost = False
        self._failures = 0

    def _connected(self) -> Any:  # noqa: ANN401
        connection = self._connect(self._seconds)
        try:
            return self._app.amqp.Producer(connection, auto_declare=False)
        except BaseException:
            connection.collect()
            raise

    def _connect(self, seconds: float) -> Any:  # noqa: ANN401
        """Return a connection with a bound for each wait; the driver has one for confirmations only."""
        connection = self._app.connection_for_write(heartbeat=0)
        try:
            connection.ensure_connection(_do_not_wait)
            connection.connection.transport.sock.settimeout(seconds)
        except BaseException:
            connection.collect()
            raise
        return connection

    def _give_up(self, error: BaseException) -> None:
        """Drop the connection, of which nobody knows where it is, and wait before the next one."""
        if not self.is_lost:
            logger.warning("the broker %s is lost, insights wait: %s", self._place, kind(error))
        self.is_lost = True
        producer, self._producer = self._producer, None
        if producer is not None:
            producer.connection.collect()
        self._failures += 1
        if self._failures % TRIES == 0:
            with suppress(*FAILURES):
                self._replace_dead_queue()
        self._closed_until = time.monotonic() + PAUSE

    def _replace_dead_queue(self) -> None:
        """Make the queue anew if it is there and gives no answer; its hints are no loss.

        RabbitMQ 3.10, killed just after it has made a quorum queue, leaves it without a leader for
        ever. A queue that only takes nothing, for want of memory, still answers.
        """
        queue = self._app.conf.task_queues[0]
        with closing(self._connect(self._seconds)) as connection:
            with suppress(TimeoutError):
                connection.default_channel.basic_get(queue.name)  # is put back when this hangs up
                return
            connection.collect()
        with closing(self._connect(DELETE_SECONDS)) as connection:
            logger.warning("the queue %s does not answer and is made anew", queue.name)
            connection.default_channel.queue_delete(queue.name)
            queue(connection.default_channel).declare()


def _do_not_wait(error: Exception, _: float) -> None:
    """Fail where kombu would wait and connect again."""
    raise error
