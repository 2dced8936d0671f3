"""A RabbitMQ server that is there, and queues of it for each test."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import amqp  # pyright: ignore[reportMissingTypeStubs]
import pytest

from ecg_service.adapters.celery import Broker
from tests.processes import eventually

URL = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672")
_amqp: Any = amqp


@contextmanager
def new_queue(url: str = URL) -> Generator[Broker]:
    """Yield a broker with a name for a queue that is not there; delete what is after the block."""
    require_rabbitmq()
    broker = Broker(url, f"test.{secrets.token_hex(8)}")
    try:
        yield broker
    finally:
        with channel() as open_channel:
            for name in (broker.queue, parked(broker)):
                open_channel.queue_delete(name)


def parked(broker: Broker) -> str:
    return f"{broker.queue}.parked"


def address() -> tuple[str, int]:
    """Return the server's host and port."""
    parts = urlsplit(URL)
    return parts.hostname or "", parts.port or 5672


@contextmanager
def channel() -> Generator[Any]:
    """Yield a channel of a connection of its own."""
    parts = urlsplit(URL)
    host, port = address()
    name, password = parts.username or "guest", parts.password or "guest"
    with _amqp.Connection(f"{host}:{port}", name, password, connect_timeout=5) as connection:
        yield connection.channel()


def require_rabbitmq() -> None:
    """Skip the test if there is no server; in CI that is a failure."""
    if reason := _missing():
        pytest.skip(f"needs RabbitMQ at {URL} (TEST_RABBITMQ_URL): {reason}")


@cache
def _missing() -> str | None:
    try:
        with channel():
            return None
    except (_amqp.AMQPError, OSError) as error:
        return type(error).__name__


def taken(name: str, count: int = 1) -> list[Any]:
    """Take so many messages off the queue, which come before patience ends, and acknowledge them."""
    found: list[Any] = []

    def take() -> bool:
        with channel() as open_channel:
            while message := open_channel.basic_get(name, no_ack=True):
                found.append(message)
        return len(found) >= count

    eventually(take)
    return found


def waiting(name: str) -> int:
    """Return how many messages wait in the queue."""
    with channel() as open_channel:
        return open_channel.queue_declare(name, passive=True).message_count


def send(name: str, body: bytes, **properties: object) -> None:
    """Put a message into the queue."""
    with channel() as open_channel:
        open_channel.basic_publish(_amqp.Message(body, **properties), routing_key=name)
