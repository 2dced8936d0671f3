from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.ecg import Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound, StorageUnavailable
from ecg_service.domain.insights import InsightState
from ecg_service.domain.stored import StoredEcg
from tests.contract.builders import added, insights_of, new, reads
from tests.unit.adapters.sqlite.alterations import ALTERATIONS, alter, flips


@pytest.mark.parametrize("change", ALTERATIONS)
async def test_altered_metadata_are_noticed(path: Path, stored: UUID, change: str) -> None:
    alter(path, f"UPDATE ecgs SET {change}")
    async with SqliteStore.open(path) as store:
        for read in reads(store):
            with pytest.raises(DamagedEcg):
                await read("ann", stored)


async def test_to_strangers_damage_looks_like_nothing(path: Path, stored: UUID) -> None:
    alter(path, "UPDATE ecgs SET date = 0")
    async with SqliteStore.open(path) as store:
        with pytest.raises(EcgNotFound):
            await store.ecgs.get("bob", stored)
        assert await store.ecgs.page("bob", limit=1) == []


async def test_an_ecg_does_not_pass_to_another_owner(path: Path, stored: UUID) -> None:
    alter(path, "UPDATE ecgs SET owner = 'eve'")
    async with SqliteStore.open(path) as store:
        for read in reads(store):
            with pytest.raises((DamagedEcg, EcgNotFound)):
                await read("eve", stored)


async def test_a_damaged_ecg_can_be_deleted(path: Path, stored: UUID) -> None:
    alter(path, "UPDATE ecgs SET date = 0")
    async with SqliteStore.open(path) as store:
        await store.ecgs.delete("ann", stored)


async def test_a_damaged_ecg_fails_its_insights_and_no_others(path: Path, stored: UUID) -> None:
    alter(path, "UPDATE ecgs SET date = date + 1")
    async with SqliteStore.open(path) as store:
        [sound] = await added(store, new("ann", "qrs"))
        claims = await store.insights.claim([stored, sound], now=0)
        assert [claim.ecg.id for claim in claims] == [sound]
        assert await store.insights.pending(limit=9) == []
    alter(path, "UPDATE ecgs SET date = date - 1")
    async with SqliteStore.open(path) as store:
        [record] = await insights_of(store, "ann", stored)
        assert (record.state, record.attempts) == (InsightState.FAILED, 1)
        assert record.error == "the metadata of the ECG do not match their checksum"


async def test_swapped_samples_are_noticed(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        ids = await added(store, *(new("ann", "qrs", blob=blob * 64) for blob in (b"1", b"2")))
    alter(path, "UPDATE ecgs SET blob = CAST(replace(hex(zeroblob(32)), '0', 3 - pk) AS BLOB)")
    async with SqliteStore.open(path) as store:
        for one in ids:
            with pytest.raises(DamagedEcg, match="samples"):
                await store.ecgs.get("ann", one)
        assert await store.insights.claim(ids, now=1) == []
        [record] = await insights_of(store, "ann", ids[0])
        assert record.state is InsightState.FAILED


@pytest.mark.parametrize(
    "change", ["date = 0", "client_id = '7', fingerprint = NULL", "leads = ''"]
)
async def test_damage_is_no_answer_to_who_sends_again(
    path: Path, stored: UUID, change: str
) -> None:
    alter(path, f"UPDATE ecgs SET {change}")
    fresh = new("ann")
    async with SqliteStore.open(path) as store:
        again = new("ann", client_id="7", fingerprint=b"f")
        answers = await store.ecgs.add_many([again, fresh])
    assert [type(answer) for answer in answers] == [DamagedEcg, UUID]
    assert str(answers[0]) == "the ECG of this id is damaged"


@pytest.fixture(
    params=["01a21823-8215-750e-9f9d-f28906b5f173", "01a21823-8456-71ce-b00e-3b2a9a081c54"]
)
async def one(path: Path, request: pytest.FixtureRequest) -> StoredEcg:
    """Store an ECG that is easy to find in the file, and close the store.

    A byte flipped in the row's header moves its columns: the end of the second id is text, and
    so is then read as the owner.
    """
    leads, blob = (Lead("V1", 3),), b"!" * 64
    one = new("ann", id=UUID(request.param), client_id="client-7", leads=leads, blob=blob)
    async with SqliteStore.open(path) as store:
        await added(store, one)
    return one


def metadata(path: Path) -> range:
    """Return the places in the file that hold the ECG without its samples."""
    content = path.read_bytes()
    return range(content.index(b'[{"name":"V1"') - 50, content.index(b"!" * 64))


async def test_no_flipped_byte_gives_wrong_data(path: Path, one: StoredEcg) -> None:
    outcomes = [await outcome(path, one.ecg.id) for _ in flips(path, metadata(path))]
    assert set(outcomes) <= {one, DamagedEcg, EcgNotFound, StorageUnavailable}
    assert outcomes.count(DamagedEcg) > 90


async def outcome(path: Path, one: UUID) -> object:
    async with SqliteStore.open(path) as store:
        try:
            return await store.ecgs.get("ann", one)
        except (DamagedEcg, EcgNotFound, StorageUnavailable) as error:
            return type(error)
