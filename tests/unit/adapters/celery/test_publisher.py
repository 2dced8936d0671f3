"""What becomes of hints, whatever becomes of the broker."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncGenerator
from uuid import UUID, uuid4

import pytest

from ecg_service.adapters.celery import Broker, app, publisher
from ecg_service.adapters.celery.app import TASK
from ecg_service.adapters.celery.publisher import Publisher
from tests.processes import free_port
from tests.proxy import Fault, Proxy, proxying
from tests.rabbitmq import address, eventually, taken, waiting

IDS = [uuid4() for _ in range(3)]


@pytest.fixture
async def proxy(broker: Broker) -> AsyncGenerator[Proxy]:
    async with proxying(*address()) as between:
        yield between


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Try again without a pause."""
    monkeypatch.setattr(publisher, "PAUSE", 0)


def through(proxy: Proxy, broker: Broker, seconds: float = 2.0) -> Publisher:
    return Publisher(Broker(f"amqp://127.0.0.1:{proxy.listening}", broker.queue, seconds))


async def publish(one: Publisher, ids: list[UUID] = IDS) -> None:
    await asyncio.to_thread(one.publish, ids)


def test_a_hint_is_json_on_disk_and_holds_ids_only(broker: Broker) -> None:
    one = Publisher(broker)
    one.publish(IDS)
    one.close()
    [message] = taken(broker.queue)
    assert message.properties["content_type"] == "application/json"
    assert message.properties["delivery_mode"] == 2
    assert message.headers["task"] == TASK
    [ids], named, embedded = json.loads(message.body)
    assert ids == [str(ecg_id) for ecg_id in IDS]
    assert named == {}
    assert set(embedded.values()) == {None}
    assert one.dropped == 0


def test_a_connection_is_kept(broker: Broker) -> None:
    one = Publisher(broker)
    names = {thread.name for thread in threading.enumerate()}
    for _ in range(3):
        one.publish(IDS)
    assert waiting(broker.queue) == 3
    assert {thread.name for thread in threading.enumerate()} == names
    one.close()


def test_without_a_broker_hints_are_counted_and_it_is_said_once(
    caplog: pytest.LogCaptureFixture, at_once: None
) -> None:
    port = free_port()
    one = Publisher(Broker(f"amqp://ann:secret@127.0.0.1:{port}", "test.none"))
    with caplog.at_level(logging.INFO):
        one.publish(IDS)
        one.publish(IDS)
    one.close()
    assert one.dropped == 6
    lost = [record for record in caplog.records if record.name == publisher.__name__]
    assert [record.getMessage() for record in lost] == [
        f"the broker amqp://127.0.0.1:{port} is lost, insights wait: ConnectionRefusedError"
    ]
    assert "secret" not in caplog.text


async def test_after_a_failure_nothing_is_tried_for_a_while(
    broker: Broker, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = through(proxy, broker)
    monkeypatch.setattr(publisher, "PAUSE", 3600)
    proxy.go_down()
    await publish(one)
    proxy.is_down = False
    await publish(one)
    assert one.dropped == 6
    await asyncio.to_thread(one.close)


async def test_hints_flow_again_when_the_broker_is_back(
    broker: Broker, proxy: Proxy, at_once: None, caplog: pytest.LogCaptureFixture
) -> None:
    one = through(proxy, broker)
    await publish(one)
    proxy.go_down()
    await publish(one)
    await publish(one)
    proxy.is_down = False
    with caplog.at_level(logging.INFO):
        await publish(one)
        await publish(one)
    assert one.dropped == 6
    assert caplog.text.count(f"the broker amqp://127.0.0.1:{proxy.listening} is back") == 1
    assert await asyncio.to_thread(waiting, broker.queue) == 3
    await asyncio.to_thread(one.close)


@pytest.mark.parametrize("hanging_from", range(1, 9))
async def test_no_wait_for_a_broker_that_hangs_is_endless(
    broker: Broker, proxy: Proxy, hanging_from: int, at_once: None
) -> None:
    """Whichever message of the connection it is that gets no answer."""
    left = hanging_from

    def fault(_: bytes) -> Fault | None:
        nonlocal left
        left -= 1
        return None if left else "hang"

    proxy.fault = fault
    one = through(proxy, broker, seconds=0.2)
    while not proxy.cuts and not one.dropped:
        await publish(one)
    assert one.dropped == 3
    await asyncio.to_thread(one.close)


def test_a_full_queue_takes_no_more(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MAX_HINTS", 2)
    one = Publisher(broker)
    for _ in range(10):
        one.publish(IDS)
    assert waiting(broker.queue) == 10 - one.dropped / len(IDS)
    assert one.dropped > 0  # the bound of a quorum queue is not exact
    taken(broker.queue, 2)

    def is_taken() -> bool:
        before = one.dropped
        one.publish(IDS)
        return one.dropped == before

    eventually(is_taken)
    one.close()
