"""Whatever is under a key, nobody gets what is not theirs."""

import asyncio
import random
from collections.abc import Callable

import pytest

from ecg_service.adapters.cache import CachedStore
from ecg_service.adapters.cache.entries import Key
from ecg_service.adapters.memory import MemoryStore
from ecg_service.domain.errors import DamagedEcg, EcgNotFound
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import PackedBlob
from tests.contract.builders import added, new, reads
from tests.redis import OwnServer
from tests.unit.adapters.cache.stores import cached, counts, reached

NOISE = random.Random(1).randbytes(500)
POISON: dict[str, Callable[[bytes], tuple[bytes | str | int, ...]]] = {
    "nothing": lambda key: ("SET", key, b""),
    "a byte": lambda key: ("SET", key, b"E"),
    "noise": lambda key: ("SET", key, NOISE),
    "noise of this version": lambda key: ("SET", key, b"E1" + NOISE),
    "noise like a token": lambda key: ("SET", key, b"T" + NOISE),
    "noise like a grave": lambda key: ("SET", key, b"G" + NOISE),
    "too much": lambda key: ("SET", key, b"E1" + bytes(3_000_000)),
    "a list": lambda key: ("RPUSH", key, b"E1", b"a"),
    "an entry that goes on": lambda key: ("APPEND", key, b"\0"),
    "an entry that is altered": lambda key: ("SETRANGE", key, 60, b"\0\0\0\0"),
}


@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_noticed_and_removed(
    one: CachedStore, server: OwnServer, kind: str
) -> None:
    [ecg_id] = await added(one, new("ann"))
    expected = [await read("ann", ecg_id) for read in reads(one)]
    for key in await server.keys():
        if "entry" not in kind:
            await server.ask("DEL", key)
        await server.ask(*POISON[kind](key))
    for _ in range(3):
        assert [await read("ann", ecg_id) for read in reads(one)] == expected
    hits, _, errors = counts(one)
    assert (hits > 3, errors) == (True, 0)


async def test_an_entry_under_the_key_of_another_is_noticed(
    one: CachedStore, server: OwnServer
) -> None:
    ids = await added(one, new("ann", blob=b"ann's"), new("bob", blob=b"bob's"))
    owners = dict(zip(ids, ("ann", "bob"), strict=True))
    expected = {i: [await read(owner, i) for read in reads(one)] for i, owner in owners.items()}
    keys = [
        Key(owner, i, whole).encoded() for i, owner in owners.items() for whole in (True, False)
    ]
    assert sorted(keys) == await server.keys()
    values = [await server.ask("GET", key) for key in keys]
    for turn in range(1, len(keys)):
        for key, value in zip(keys, values[turn:] + values[:turn], strict=True):
            await server.ask("SET", key, value)
        found = {i: [await read(owner, i) for read in reads(one)] for i, owner in owners.items()}
        assert found == expected
    for ecg_id, name in ((ids[0], "bob"), (ids[1], "ann")):
        await server.ask("SET", Key(name, ecg_id, whole=True).encoded(), values[0])
        with pytest.raises(EcgNotFound):
            await one.ecgs.get(name, ecg_id)


async def test_an_entry_that_proves_damaged_when_it_is_used_is_read_from_the_store(
    one: CachedStore, server: OwnServer
) -> None:
    [ecg_id] = await added(one, new("ann"))
    await one.ecgs.get("ann", ecg_id)
    used: list[bytes] = []

    def use(_: StoredEcg, blob: PackedBlob) -> bytes:
        used.append(blob.read(0, blob.size))
        if len(used) == 1:
            raise DamagedEcg
        return used[-1]

    assert await one.ecgs.read("ann", ecg_id, use) == b"packed"
    assert await server.keys() == []


async def test_what_is_at_the_other_end_need_not_be_redis(behind: MemoryStore) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    listening = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    async with listening, cached(behind, f"redis://127.0.0.1:{port}") as one:
        [ecg_id] = await added(one, new("ann"))
        assert (await one.ecgs.get("ann", ecg_id)).ecg.id == ecg_id
        assert not reached(one)
