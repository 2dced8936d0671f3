"""What a worker takes from the broker, and what it leaves."""

import asyncio
import json
import pickle
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import pytest

from ecg_service.actors import ActorStopped, MailboxFull
from ecg_service.adapters.celery import Broker, Worker, app
from ecg_service.adapters.celery.app import TASK
from ecg_service.adapters.celery.publisher import Publisher
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.domain.traces import TraceContext
from tests.processes import PATIENCE, eventually
from tests.proxy import Fault, proxying
from tests.rabbitmq import address, channel, parked, send, taken, waiting

IDS = [uuid4() for _ in range(3)]
QUEUE_BIND, BASIC_CONSUME = b"\0\x32\0\x14", b"\0\x3c\0\x14"
"""The class and the method by which these requests of AMQP begin."""
SECRET = "not for the log"


@dataclass
class Computing:
    """Notes what it is told to compute; raises what it is given."""

    errors: list[Exception] = field(default_factory=list[Exception])
    told: list[tuple[Sequence[UUID], bool]] = field(
        default_factory=list[tuple[Sequence[UUID], bool]]
    )
    traceparents: list[object] = field(default_factory=list[object])
    ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def compute(
        self,
        ecg_ids: Sequence[UUID],
        came_before: bool,  # noqa: FBT001
        traceparent: object,
    ) -> None:
        self.told.append((ecg_ids, came_before))
        self.traceparents.append(traceparent)
        if self.errors:
            raise self.errors.pop()

    async def has(self, count: int) -> None:
        while len(self.told) < count:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@asynccontextmanager
async def working(broker: Broker, *errors: Exception) -> AsyncGenerator[Computing]:
    computing, loop = Computing([*errors]), asyncio.get_running_loop()
    worker = Worker(
        broker, computing.compute, lambda: loop.call_soon_threadsafe(computing.ready.set) and None
    )
    worker.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await computing.ready.wait()
            yield computing
    finally:
        await worker.join()
        assert worker.ended.is_set()


def put(broker: Broker, ids: list[UUID] = IDS) -> None:
    one = Publisher(broker)
    one.publish(ids)
    one.close()
    assert one.dropped == 0


async def test_hints_are_computed_one_after_the_other_and_acknowledged(broker: Broker) -> None:
    put(broker)
    put(broker, IDS[:1])
    async with working(broker) as computing:
        await computing.has(2)
    assert computing.told == [(IDS, False), (IDS[:1], False)]
    assert waiting(broker.queue) == waiting(parked(broker)) == 0


@pytest.mark.parametrize("trace", [None, TraceContext(1, 2)])
async def test_a_hint_tells_its_trace(broker: Broker, trace: TraceContext | None) -> None:
    with closing(Publisher(broker)) as one:
        one.publish(IDS, trace)
    async with working(broker) as computing:
        await computing.has(1)
    assert computing.traceparents == [trace and f"00-{1:032x}-{2:016x}-01"]


async def test_what_a_stopped_worker_leaves_undone_comes_to_the_next_one(broker: Broker) -> None:
    put(broker)
    async with working(broker, ActorStopped()) as computing:
        await computing.has(2)
    assert computing.told == [(IDS, False), (IDS, True)]
    assert waiting(broker.queue) == 0


async def test_what_fails_is_left_to_the_sweeper(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    put(broker)
    put(broker)
    put(broker)
    errors = [StorageUnavailable("gone"), MailboxFull(), ValueError(SECRET)]
    async with working(broker, *errors) as computing:
        await computing.has(3)
    assert waiting(broker.queue) == waiting(parked(broker)) == 0
    for error in errors:
        assert f"a hint is left to the sweeper: {type(error).__name__}" in caplog.text
    assert SECRET not in caplog.text


HEADERS = {"task": TASK, "id": str(uuid4()), "lang": "py"}
JSON = {"content_type": "application/json", "content_encoding": "utf-8"}


def arguments(*args: object, **named: object) -> bytes:
    return json.dumps([args, named, {}]).encode()


GOOD = arguments([str(IDS[0])])
NO_HINTS: dict[str, tuple[bytes, dict[str, Any]]] = {
    "pickle": (
        pickle.dumps(([[str(IDS[0])]], {}, {})),
        {"content_type": "application/x-python-serialize", "application_headers": HEADERS},
    ),
    "yaml": (b"- x", {"content_type": "application/x-yaml", "application_headers": HEADERS}),
    "no type": (GOOD, {"application_headers": HEADERS}),
    "no headers": (GOOD, JSON),
    "nothing": (b"", {}),
    "another task": (GOOD, {**JSON, "application_headers": {**HEADERS, "task": SECRET}}),
    "for later": (
        GOOD,
        {**JSON, "application_headers": {**HEADERS, "eta": "2999-01-01T00:00:00+00:00"}},
    ),
    "no id": (GOOD, {**JSON, "application_headers": {"task": TASK}}),
    "no JSON": (b"{" + SECRET.encode(), {**JSON, "application_headers": HEADERS}),
    "a number": (b"1", {**JSON, "application_headers": HEADERS}),
    "no arguments": (arguments(), {**JSON, "application_headers": HEADERS}),
    "no ids": (arguments([]), {**JSON, "application_headers": HEADERS}),
    "no list": (arguments(str(IDS[0])), {**JSON, "application_headers": HEADERS}),
    "no UUID": (arguments([SECRET]), {**JSON, "application_headers": HEADERS}),
    "numbers": (arguments([1]), {**JSON, "application_headers": HEADERS}),
    "two lists": (arguments([str(IDS[0])], []), {**JSON, "application_headers": HEADERS}),
    "a name": (arguments([str(IDS[0])], x=SECRET), {**JSON, "application_headers": HEADERS}),
    "too many": (arguments([str(IDS[0])] * 10_001), {**JSON, "application_headers": HEADERS}),
}


async def test_what_is_no_hint_is_parked_and_not_told(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async with working(broker) as computing:
        for body, properties in NO_HINTS.values():
            send(broker.queue, body, **properties)
        put(broker)
        await computing.has(1)
    assert computing.told == [(IDS, False)]
    assert waiting(broker.queue) == 0
    found = taken(parked(broker), len(NO_HINTS))
    assert [len(message.body) for message in found] == [len(body) for body, _ in NO_HINTS.values()]
    assert SECRET not in caplog.text
    assert str(IDS[0]) not in caplog.text


async def test_a_message_that_comes_again_and_again_is_parked_by_the_broker(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "MAX_DELIVERIES", 3)
    async with working(broker):
        pass  # it has made the queues
    put(broker)
    deliveries: list[object] = []

    def is_parked() -> bool:
        with channel() as killed:  # which ends without an acknowledgement
            if message := killed.basic_get(broker.queue):
                deliveries.append(message)
        return waiting(parked(broker)) > 0  # until then it may be in neither of the queues

    eventually(is_parked)
    assert len(deliveries) == 4
    assert len(taken(parked(broker))) == 1


async def test_a_worker_outlives_its_connections(
    broker: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    async with proxying(*address()) as proxy:
        behind = Broker(f"amqp://127.0.0.1:{proxy.listening}", broker.queue, broker.seconds)
        async with working(behind) as computing:
            for count in range(1, 4):
                computing.ready.clear()
                proxy.go_down()
                await asyncio.to_thread(put, broker)
                proxy.is_down = False
                await computing.has(count)
                await computing.ready.wait()


async def test_a_worker_whose_words_no_longer_arrive_begins_anew(
    broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "HEARTBEAT", 1.0)

    def hanging(_: bytes) -> Fault:
        return "hang"

    def no_more() -> None:
        proxy.fault = lambda _: None  # pyright: ignore[reportUnknownLambdaType]

    async with proxying(*address()) as proxy:
        behind = Broker(f"amqp://127.0.0.1:{proxy.listening}", broker.queue, broker.seconds)
        async with working(behind) as computing:
            computing.ready.clear()
            proxy.fault, proxy.stop = hanging, no_more
            await computing.ready.wait()
            assert proxy.cuts == 1
            await asyncio.to_thread(put, broker)
            await computing.has(1)


async def test_a_deleted_queue_is_made_again(broker: Broker) -> None:
    async with working(broker) as computing:
        computing.ready.clear()
        with channel() as admin:
            admin.queue_delete(broker.queue)
        await computing.ready.wait()
        put(broker)
        await computing.has(1)


@pytest.mark.parametrize("step", [QUEUE_BIND, BASIC_CONSUME])
async def test_a_worker_outlives_a_queue_that_goes_while_it_starts(
    broker: Broker, step: bytes
) -> None:
    deleted: list[bytes] = []

    def deleting(message: bytes) -> Fault | None:
        if step in message and not deleted:
            deleted.append(message)
            with channel() as admin:
                admin.queue_delete(broker.queue)
        return None

    async with proxying(*address()) as proxy:
        proxy.fault = deleting
        behind = Broker(f"amqp://127.0.0.1:{proxy.listening}", broker.queue, broker.seconds)
        async with working(behind) as computing:
            put(broker)
            await computing.has(1)
    assert deleted


async def test_a_worker_waits_for_a_broker_and_stops_without_one(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def compute(_: Sequence[UUID], __: bool, ___: object) -> None:  # noqa: FBT001
        raise AssertionError

    async with proxying("127.0.0.1", 1) as nobody:
        url = f"amqp://127.0.0.1:{nobody.listening}"
        worker = Worker(Broker(url), compute, lambda: None)
        worker.start()
        async with asyncio.timeout(PATIENCE):
            while f"no broker {url}, trying again" not in caplog.text:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await worker.join()
    assert worker.ended.is_set()
