"""Processes that end, and requests that are given up, in the middle of what they do."""

import asyncio
from dataclasses import replace
from signal import Signals

import pytest

from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import EcgNotFound
from tests.contract.builders import added, new, reads
from tests.redis import OwnServer
from tests.unit.adapters.cache.conftest import LIMITS
from tests.unit.adapters.cache.stores import Slow, cached, counts, gone, reached, until


async def test_who_ends_after_the_commit_has_left_no_entry(
    behind: MemoryStore, other: CachedStore, server: OwnServer
) -> None:
    slow = Slow(behind)
    async with cached(slow.store, server.url) as ending:
        [ecg_id] = await added(other, new("ann"))
        for read in reads(other):
            await read("ann", ecg_id)
        slow.is_open = False
        deleting = asyncio.create_task(ending.ecgs.delete("ann", ecg_id))
        await until(lambda: len(slow.waiting) == 1)
        for read in reads(other):  # it is there still, and gets no entry
            await read("ann", ecg_id)
        slow.go_on(0)
        await until(lambda: len(slow.waiting) == 1)
        deleting.cancel()
        await asyncio.wait([deleting])
        await gone(other, ecg_id)


async def test_who_deletes_what_another_one_has_deleted_removes_the_entries(
    behind: MemoryStore, one: CachedStore, other: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    for read in reads(one):
        await read("ann", ecg_id)
    await behind.ecgs.delete("ann", ecg_id)
    with pytest.raises(EcgNotFound):
        await one.ecgs.delete("ann", ecg_id)
    assert await server.keys() == []
    await gone(other, ecg_id)


async def test_the_connection_of_whoever_stopped_waiting_is_not_used_again(
    behind: MemoryStore, server: OwnServer
) -> None:
    """It would be made anew by redis-py, and nobody would know to which run of the server."""
    async with cached(behind, server.url, replace(LIMITS, connections=1)) as one:
        [ecg_id] = await added(one, new("ann"))
        await one.ecgs.get("ann", ecg_id)
        await server.ask("SAVE")
        server.send(Signals.SIGSTOP)
        reading = asyncio.create_task(one.ecgs.get("ann", ecg_id))
        await asyncio.sleep(0.05)
        reading.cancel()
        await asyncio.wait([reading])
        await behind.ecgs.delete("ann", ecg_id)  # as one who cannot reach the server
        server.kill()
        await server.start()
        assert len(await server.keys()) == 1
        await until(lambda: reached(one))
        await gone(one, ecg_id)
        assert counts(one)[0] == 0
