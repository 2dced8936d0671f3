"""A server that ends, hangs, is emptied, is full, or cannot be reached by some."""

import asyncio
from dataclasses import replace as changed
from signal import Signals

import pytest

from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import EcgNotFound, OutcomeUnknown
from tests.contract.builders import added, new, reads
from tests.proxy import Fault, proxying
from tests.redis import OwnServer
from tests.unit.adapters.cache.conftest import LIMITS
from tests.unit.adapters.cache.stores import Slow, cached, counts, gone, reached, until


@pytest.mark.parametrize("event", ["nothing", "FLUSHALL", "restart"])
async def test_what_was_read_before_a_deletion_makes_no_entry_after_it(
    server: OwnServer, behind: MemoryStore, event: str
) -> None:
    slow = Slow(behind)
    async with cached(slow.store, server.url) as one, cached(behind, server.url) as other:
        [ecg_id] = await added(one, new("ann"))
        slow.is_open = False
        reading = asyncio.create_task(one.ecgs.get("ann", ecg_id))
        await until(lambda: len(slow.waiting) == 1)
        if event == "FLUSHALL":
            await server.ask("FLUSHALL")
        elif event == "restart":
            server.kill()
            await server.start()
        await other.ecgs.delete("ann", ecg_id)
        slow.open()
        assert (await reading).ecg.id == ecg_id  # it began before
        await gone(one, ecg_id)
        await gone(other, ecg_id)


async def test_what_a_server_has_saved_before_it_ended_is_not_trusted(
    one: CachedStore, other: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    for read in reads(one):
        await read("ann", ecg_id)
    await server.ask("SAVE")
    await one.ecgs.delete("ann", ecg_id)
    server.kill()
    await server.start()
    assert len(await server.keys()) == 2
    for store in (one, other):
        await gone(store, ecg_id)  # here it learns that its connections are lost
        await until(lambda store=store: reached(store))
        await gone(store, ecg_id)
    assert await server.keys() == []


@pytest.mark.parametrize("fault", ["cut before", "cut after", "hang"])
async def test_who_cannot_reach_the_server_deletes_for_those_who_can(
    server: OwnServer, behind: MemoryStore, other: CachedStore, fault: Fault
) -> None:
    async with proxying("127.0.0.1", server.port) as proxy:
        url = f"redis://127.0.0.1:{proxy.listening}"
        async with cached(behind, url, changed(LIMITS, call_seconds=0.05)) as one:
            [ecg_id] = await added(one, new("ann"))
            for read in reads(other):
                await read("ann", ecg_id)
            proxy.fault = lambda _: fault
            await one.ecgs.delete("ann", ecg_id)
            await gone(other, ecg_id)
            await gone(one, ecg_id)
            with pytest.raises(EcgNotFound):
                await one.ecgs.delete("ann", ecg_id)


async def test_a_deletion_of_which_not_all_can_know_does_not_say_that_it_is_done(
    server: OwnServer, behind: MemoryStore
) -> None:
    slow = Slow(behind)
    async with cached(slow.store, server.url) as one:
        [ecg_id] = await added(one, new("ann"))
        server.kill()
        slow.fails = True
        with pytest.raises(OutcomeUnknown, match="again"):
            await one.ecgs.delete("ann", ecg_id)
        slow.fails = False
        with pytest.raises(EcgNotFound):
            await one.ecgs.delete("ann", ecg_id)
        await server.start()  # for the fixture to end


async def test_without_the_server_all_is_read_from_the_store(
    one: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    await one.ecgs.get("ann", ecg_id)
    server.kill()
    for _ in range(3):
        for read in reads(one):
            await read("ann", ecg_id)
    hits, _, errors = counts(one)
    assert hits == 0
    assert 0 < errors <= 3
    assert not reached(one)
    await server.start()
    await until(lambda: reached(one))
    for _ in range(3):
        await one.ecgs.get("ann", ecg_id)
    assert counts(one)[0] == 2


async def test_a_server_that_hangs_holds_up_no_more_than_what_is_read_at_once(
    behind: MemoryStore, server: OwnServer
) -> None:
    limits = changed(LIMITS, call_seconds=0.1, connect_seconds=0.1, retry_seconds=60)
    async with cached(behind, server.url, limits) as one:
        [ecg_id] = await added(one, new("ann"))
        await one.ecgs.get("ann", ecg_id)
        server.send(Signals.SIGSTOP)
        try:
            await asyncio.gather(*(one.ecgs.get("ann", ecg_id) for _ in range(50)))
            errors = counts(one)[2]
            assert 0 < errors <= 50
            for _ in range(50):
                await one.ecgs.get("ann", ecg_id)
            assert counts(one)[2] == errors  # it was not asked again
        finally:
            server.send(Signals.SIGCONT)


async def test_a_store_opens_without_the_server_and_finds_it_later(
    behind: MemoryStore, server: OwnServer
) -> None:
    server.kill()
    async with cached(behind, server.url) as one:
        [ecg_id] = await added(one, new("ann"))
        await one.ecgs.get("ann", ecg_id)
        assert not reached(one)
        await server.start()
        await until(lambda: reached(one))
        await one.ecgs.get("ann", ecg_id)
        await one.ecgs.get("ann", ecg_id)
        assert counts(one)[0] == 1


async def test_a_full_server_refuses_and_all_goes_on(
    one: CachedStore, other: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    await one.ecgs.get("ann", ecg_id)
    await server.ask("CONFIG", "SET", "maxmemory", "1")
    await one.ecgs.get("ann", ecg_id, samples=False)
    assert counts(one)[2] > 0
    assert reached(one)
    await other.ecgs.delete("ann", ecg_id)
    await gone(one, ecg_id)
