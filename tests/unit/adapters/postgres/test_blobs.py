"""Of a long ECG no more is read than is asked for."""

import asyncio
import random

import pytest

from ecg_service.adapters.postgres import PostgresStore
from ecg_service.domain.errors import EcgNotFound
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import PackedBlob
from tests.contract.builders import new
from tests.unit.adapters.postgres.proxied import behind_proxy

LARGE = random.Random(1).randbytes(20_000_000)
PART = 65_536


async def test_what_is_sent_is_a_part_of_the_blob(url: str) -> None:
    def read(_: StoredEcg, blob: PackedBlob) -> bytes:
        return blob.read(15_000_000, 15_000_000 + PART)

    async with behind_proxy(url) as (store, proxy):
        one = new(blob=LARGE)
        await store.ecgs.add_long(one)
        before = proxy.answered
        assert await store.ecgs.read("ann", one.ecg.id, read) == LARGE[15_000_000:][:PART]
        assert proxy.answered - before < 4 * PART


async def test_who_reads_one_part_after_the_other_asks_for_several_at_once(url: str) -> None:
    def read(_: StoredEcg, blob: PackedBlob) -> bytes:
        return b"".join(blob.read(start, start + PART) for start in range(0, blob.size, PART))

    async with behind_proxy(url) as (store, proxy):
        one, asked = new(blob=LARGE), list[bytes]()
        await store.ecgs.add_long(one)
        proxy.fault = asked.append
        assert await store.ecgs.read("ann", one.ecg.id, read) == LARGE
        assert len(asked) < 60


async def test_one_that_is_deleted_meanwhile_is_not_found(store: PostgresStore) -> None:
    loop, one = asyncio.get_running_loop(), new(blob=LARGE)
    await store.ecgs.add_long(one)

    def read(_: StoredEcg, blob: PackedBlob) -> bytes:
        deleting = store.ecgs.delete("ann", one.ecg.id)
        asyncio.run_coroutine_threadsafe(deleting, loop).result()
        return blob.read(15_000_000, 15_000_001)

    with pytest.raises(EcgNotFound):
        await store.ecgs.read("ann", one.ecg.id, read)
