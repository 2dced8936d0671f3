"""Large blobs, of which no more is read than is asked for, and which are stored some at a time."""

import random

import pytest
from msgspec.structs import replace

from ecg_service.domain.errors import EcgIdTaken, EcgNotFound, Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.store import Database, Store
from tests.contract.builders import added, ecgs_of, new, user

SIZES = (1, 65_536, 65_537, 1_048_576, 1_048_577, 1_572_864, 3_000_000)


def dust(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.parametrize("size", SIZES)
async def test_ranges_are_read_alone(store: Store, size: int) -> None:
    blob, dice = dust(size), random.Random(7)
    edges = [0, size, *(n for n in (65_536, 65_537, 131_072) if n <= size)]
    ranges = [sorted((dice.choice(edges), dice.randrange(size + 1))) for _ in range(30)]

    def read(stored: StoredEcg, packed: PackedBlob) -> list[bytes]:
        assert (stored.blob, packed.size) == (b"", size)
        return [packed.read(*one) for one in ranges]

    [one] = await added(store, new(blob=blob))
    found = await store.ecgs.read("ann", one, read)
    assert found == [blob[start:stop] for start, stop in ranges]
    assert (await store.ecgs.get("ann", one)).blob == blob


@pytest.mark.parametrize("size", SIZES)
async def test_a_long_one_is_stored_like_others(store: Store, size: int) -> None:
    one = new("ann", "qrs", blob=dust(size), client_id="7", fingerprint=b"f", key="k")
    assert await store.ecgs.add_long(one) == one.ecg.id
    again = new(blob=dust(size), client_id="7", fingerprint=b"f")
    assert await store.ecgs.add_long(again) == one.ecg.id
    other = new(blob=dust(size), client_id="7", fingerprint=b"g")
    assert isinstance(await store.ecgs.add_long(other), EcgIdTaken)
    assert (await store.ecgs.get("ann", one.ecg.id)).blob == one.blob
    assert await store.insights.pending(limit=9) == [one.ecg.id]
    assert [ecg.id for ecg in await ecgs_of(store, "ann")] == [one.ecg.id]


async def test_a_long_one_of_who_may_no_longer_send_is_refused(store: Store) -> None:
    await store.users.add(user("ann"))
    one = new(blob=dust(2_000_000), sender=Principal("ann", Role.USER, epoch=5))
    assert isinstance(await store.ecgs.add_long(one), Unauthenticated)
    assert await ecgs_of(store, "ann") == []


async def test_a_long_one_is_deleted_whole_and_may_come_again(store: Store) -> None:
    one = new(blob=dust(2_000_000), client_id="7")
    await store.ecgs.add_long(one)
    await store.ecgs.delete("ann", one.ecg.id)
    with pytest.raises(EcgNotFound):
        await store.ecgs.get("ann", one.ecg.id)
    shorter = replace(one, blob=dust(1_100_000))
    assert await store.ecgs.add_long(shorter) == one.ecg.id
    assert (await store.ecgs.get("ann", one.ecg.id)).blob == shorter.blob


async def test_long_ones_outlive_the_process(database: Database) -> None:
    if not database.is_persistent:
        return
    database.migrate()
    one = new(blob=dust(2_000_000))
    async with database.open() as store:
        await store.ecgs.add_long(one)
    async with database.open() as store:
        assert (await store.ecgs.get("ann", one.ecg.id)).blob == one.blob
