"""More connections than may be: who waits longest without a request goes, health is answered."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

import pytest

from ecg_service.server.connections import Connections, ConnectionStatistics
from ecg_service.settings import Settings
from tests.e2e.service import Wire, head_of, problem, until
from tests.unit.server.small import served

GET, HANG = head_of("GET", "/"), head_of("GET", "/hang")
LIVE = head_of("GET", "/health/live")


async def is_answered(wire: Wire, request: bytes = GET) -> None:
    await wire.send(request)
    assert (await wire.answer()).status == 200


async def test_one_connection_is_served_if_one_may_be() -> None:
    async with served(max_connections=1) as (_, door):
        for _ in range(3):
            async with door.wire() as wire:
                await is_answered(wire)
                await is_answered(wire)


async def test_the_one_that_has_waited_longest_goes() -> None:
    async with served(max_connections=3) as (_, door), AsyncExitStack() as stack:
        silent, half, idle = [await stack.enter_async_context(door.wire()) for _ in range(3)]
        await half.send(GET[:20])
        await is_answered(idle)
        for longest in (silent, half):
            await is_answered(await stack.enter_async_context(door.wire()))
            assert await longest.rest() == b""
        await is_answered(idle)


async def test_if_all_have_a_request_others_are_refused_but_health_is_answered(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with (
        served(max_connections=2) as (app, door),
        door.wire() as one,
        door.wire() as two,
    ):
        await one.send(HANG)
        await two.send(head_of(content_length=5))
        await until(lambda: app.has_seen(2))
        caplog.clear()  # of the start
        for _ in range(30):
            async with door.wire() as newcomer:
                await newcomer.send(GET)
                answer = await newcomer.answer()
                problem(answer, 503, "overloaded")
                assert int(answer.headers["retry-after"]) > 0
            async with door.wire() as newcomer:
                await is_answered(newcomer, LIVE)
        assert not caplog.records
        app.go.set()
        await two.send(b"12345")
        for wire in (one, two):
            assert (await wire.answer()).status == 200
            await is_answered(wire)


async def test_silent_connections_keep_nobody_out() -> None:
    async with served(max_connections=20) as (_, door), AsyncExitStack() as stack:
        for _ in range(100):
            await stack.enter_async_context(door.wire())
        await is_answered(await stack.enter_async_context(door.wire()))


@dataclass(eq=False)
class Peer:
    """A connection that has no socket."""

    faulty: bool = False
    unsent: int = 0
    kept: int = 0
    dropped: bool = False
    checked: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self, now: float) -> None:
        self.checked.set()
        if self.faulty:
            raise RuntimeError(now)

    def drop(self) -> None:
        self.dropped = True

    def stop(self) -> None: ...


async def test_a_fault_at_one_deadline_leaves_all_others(caplog: pytest.LogCaptureFixture) -> None:
    connections, peers = Connections(Settings()), [Peer(), Peer(faulty=True), Peer()]
    for peer in peers:
        connections.admit(peer)
    sweep = asyncio.create_task(connections.sweep_forever())
    for _ in range(2):
        for peer in peers:
            await peer.checked.wait()
            peer.checked.clear()
    sweep.cancel()
    await asyncio.wait([sweep])
    assert [peer.dropped for peer in peers] == [False, True, False]
    assert "deadline" in caplog.text


def test_statistics_tell_what_is_open() -> None:
    connections, quiet, busy, gone = Connections(Settings()), Peer(kept=5), Peer(kept=7), Peer()
    for peer in (quiet, busy, gone):
        connections.admit(peer)
    del connections.waiting[busy]
    connections.discard(gone)
    capacity = Settings().server.max_connections
    assert connections.statistics() == ConnectionStatistics(2, 1, capacity, 12)
