"""Celery's consumer with what a worker of hints needs of it, and nothing else."""

import logging
import socket
from typing import Any

import celery.bootsteps  # pyright: ignore[reportMissingTypeStubs]
import celery.worker.consumer.consumer  # pyright: ignore[reportMissingTypeStubs]
import celery.worker.state  # pyright: ignore[reportMissingTypeStubs]
from amqp.exceptions import NotFound  # pyright: ignore[reportMissingTypeStubs]

from ecg_service.adapters.failures import kind
from ecg_service.adapters.urls import shown

logger = logging.getLogger(__name__)

_Consumer: Any = celery.worker.consumer.consumer.Consumer
_StartStopStep: Any = celery.bootsteps.StartStopStep
_maybe_shutdown: Any = celery.worker.state.maybe_shutdown

STEPS = "celery.worker.consumer.{}"
RETRY_SECONDS, MAX_RETRY_SECONDS = 1.0, 5.0
"""How long to wait before connecting again: a second more each time."""


class Parking(_StartStopStep):
    """Makes the queue for messages that are no hints before the first message is taken."""

    requires = (STEPS.format("connection:Connection"),)

    def start(self, c: Any) -> None:  # noqa: ANN401
        c.app.parked(c.connection.default_channel).declare()


class Consumer(_Consumer):
    """Connects again for ever, and parks each message that it cannot read.

    It takes no part in what Celery's workers tell each other, and makes no queues for messages
    with a delay, which hints have not.
    """

    class Blueprint(_Consumer.Blueprint):
        """The steps of a start."""

        default_steps = (
            STEPS.format("connection:Connection"),
            Parking,
            STEPS.format("tasks:Tasks"),
            STEPS.format("consumer:Evloop"),
        )

    def __init__(self, *args: Any, **named: Any) -> None:  # noqa: ANN401
        _Consumer.__init__(self, *args, **named)
        # A queue may be deleted just when it was declared, and is made again with the next connection.
        self.connection_errors: tuple[type[Exception], ...] = (*self.connection_errors, NotFound)

    def ensure_connected(self, conn: Any) -> Any:  # noqa: ANN401
        def failed(error: Exception, seconds: float) -> None:
            place = shown(self.app.conf.broker_url)
            logger.warning("no broker %s, trying again in %d s: %s", place, seconds, kind(error))

        conn.ensure_connection(
            failed,
            interval_start=RETRY_SECONDS,
            interval_step=RETRY_SECONDS,
            interval_max=MAX_RETRY_SECONDS,
            callback=_maybe_shutdown,
        )
        self._socket = conn.connection.transport.sock
        # Or a broker that hangs in the middle of an answer would hang its worker for ever.
        self._socket.settimeout(self.app.conf.broker_connection_timeout)
        return conn

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        _Consumer.on_connection_error_after_connected(self, exc)
        self._socket.close()  # which Celery leaves to the garbage collector

    def on_ready(self) -> None:
        channel = self.task_consumer.channel
        channel.cancel_callbacks.update(dict.fromkeys(channel.callbacks, self._hang_up))
        self.app.started()

    def _hang_up(self, _: str) -> None:
        """Begin anew when the queue is gone: of an error, if it is early, Celery takes no notice."""
        self._socket.shutdown(socket.SHUT_RDWR)

    def create_task_handler(self, *args: Any, **named: Any) -> Any:  # noqa: ANN401
        take = _Consumer.create_task_handler(self, *args, **named)

        def take_or_park(message: Any) -> None:  # noqa: ANN401
            headers: Any = message.headers
            if headers and headers.get("eta"):  # it would keep its place until then
                return self.on_unreadable(None, message)
            try:
                return take(message)
            except (*self.connection_errors, *self.channel_errors):
                raise
            except Exception:
                if message.acknowledged:
                    raise
                return self.on_unreadable(None, message)  # of which Celery did not think

        return take_or_park

    def on_unreadable(self, _body: Any, message: Any, *_: object) -> None:  # noqa: ANN401
        """Park the message, without a word of what it says."""
        logger.error("a message that is no hint was parked")
        message.reject_log_error(logger, self.connection_errors)

    on_unknown_message = on_unknown_task = on_invalid_task = on_unreadable

    def on_decode_error(self, message: Any, _: Exception) -> None:  # noqa: ANN401
        self.on_unreadable(None, message)
