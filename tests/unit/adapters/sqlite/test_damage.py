from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.sqlite import SqliteStore, check
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.domain.ecg import Lead
from ecg_service.domain.errors import DamagedEcg, EcgNotFound, StorageUnavailable
from ecg_service.domain.insights import InsightState
from ecg_service.domain.stored import StoredEcg
from tests.contract.builders import added, insights_of, new, reads

ALTERATIONS = [
    "owner = 'eve'",
    "owner = owner || ' '",
    "owner = CAST(x'ff' AS TEXT)",
    "date = date + 1",
    "sampling_rate = sampling_rate + 1",
    "sampling_rate = NULL",
    "leads = replace(leads, 'aVR', 'aVL')",
    "leads = '[]'",
    "client_id = '8'",
    "client_id = NULL",
    "fingerprint = x'00'",
    "fingerprint = NULL",
    "checksum = checksum + 1",
]


def alter(path: Path, statement: str) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        execute(connection, statement)


@pytest.fixture
async def stored(path: Path) -> UUID:
    """Store an ECG of Ann's with an insight, and close the store."""
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new("ann", "qrs", client_id="7", fingerprint=b"f"))
    return one


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
        with pytest.raises(DamagedEcg):
            await store.ecgs.page("ann", limit=1)


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


def flips(path: Path) -> Iterator[None]:
    """Flip each byte of the metadata in turn, in the file."""
    sound = path.read_bytes()
    for place in range(sound.index(b'[{"name":"V1"') - 50, sound.index(b"!" * 64)):
        damaged = bytearray(sound)
        damaged[place] ^= 0x21
        path.write_bytes(damaged)
        yield


async def test_no_flipped_byte_gives_wrong_data(path: Path, one: StoredEcg) -> None:
    outcomes = [await outcome(path, one.ecg.id) for _ in flips(path)]
    assert set(outcomes) <= {one, DamagedEcg, EcgNotFound, StorageUnavailable}
    assert outcomes.count(DamagedEcg) > 90


async def outcome(path: Path, one: UUID) -> object:
    async with SqliteStore.open(path) as store:
        try:
            return await store.ecgs.get("ann", one)
        except (DamagedEcg, EcgNotFound, StorageUnavailable) as error:
            return type(error)


# check


def refuse(blob: bytes) -> None:
    raise DamagedEcg(f"{len(blob)} bytes are wrong")


async def test_a_sound_file_has_no_problems(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        blobs = [bytes([n]) * 20_000 for n in range(150)]
        await added(store, *(new("ann", "qrs", blob=blob) for blob in blobs))
        seen: list[bytes] = []
        assert list(check(path, seen.append)) == []
        assert seen == blobs
        await added(store, new())
    assert list(check(path)) == []


@pytest.mark.parametrize("change", ALTERATIONS)
def test_finds_altered_metadata(path: Path, stored: UUID, change: str) -> None:
    alter(path, f"UPDATE ecgs SET {change}")
    [problem] = check(path)
    assert problem.startswith(f"ecgs row 1, id {stored.hex.upper()}: ")


def test_finds_damaged_blobs(path: Path, stored: UUID) -> None:
    assert list(check(path, refuse)) == [f"ecgs row 1, id {stored.hex.upper()}: 6 bytes are wrong"]


def test_finds_rows_of_nothing(path: Path, stored: UUID) -> None:
    alter(path, "PRAGMA foreign_keys = OFF; DELETE FROM ecgs")
    [problem] = check(path)
    assert problem.startswith("insights row ")


def test_finds_damaged_pages(path: Path, stored: UUID) -> None:
    content = bytearray(path.read_bytes())
    place = content.rindex(b"qrs")
    page = place - place % 16_384
    content[page : page + 64] = bytes(64)
    path.write_bytes(content)
    assert [problem for problem in check(path) if problem.startswith("file: ")]


def test_finds_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "ecg.db"
    path.write_bytes(b"\xff" * 50_000)
    [problem] = check(path)
    assert "not a database" in problem


def test_finds_a_missing_schema(tmp_path: Path) -> None:
    path = tmp_path / "ecg.db"
    path.touch()
    [problem] = check(path)
    assert "lacks the current schema" in problem


def test_cannot_check_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="cannot be opened"):
        list(check(tmp_path / "ecg.db"))
