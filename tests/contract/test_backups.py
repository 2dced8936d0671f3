# ruff: noqa: ASYNC240 - nothing else runs on these event loops
"""A backup holds what was committed; what cannot be backed up says so."""

from collections.abc import Generator
from pathlib import Path

import pytest

from ecg_core import Signal, pack
from ecg_service.adapters.core import verify_blob
from ecg_service.adapters.memory import MemoryDatabase
from ecg_service.domain.errors import Conflict, StorageUnavailable
from ecg_service.ports.copies import Copying
from ecg_service.ports.store import Checked, Database
from tests.contract.builders import added, ecgs_of, new, user
from tests.contract.conftest import DATABASES, migrated

BLOB = pack([Signal([1, 2, 3])])


def copying(*, force: bool = False) -> Copying:
    def report(doing: str, done: int, size: int) -> None:
        assert 0 <= done <= size, doing

    return Copying(verify_blob, report, pytest.fail, max_log_bytes=2**30, force=force)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups" / "one"


@pytest.fixture(params=[name for name in DATABASES if name != "memory"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Generator[Database]:
    with migrated(request.param, tmp_path) as database:
        yield database


def test_what_is_not_kept_is_not_copied_to_a_file(file: Path) -> None:
    for refused in (MemoryDatabase().backup, MemoryDatabase().restore):
        with pytest.raises(StorageUnavailable, match="cannot be backed up, restored or copied"):
            refused(file, copying())


async def test_it_brings_back_what_was_there_when_it_began(kept: Database, file: Path) -> None:
    async with kept.open() as store:
        await store.users.add(user())
        ids = await added(store, new("ann", "qrs", blob=BLOB), new(blob=BLOB))
        assert kept.backup(file, copying()) == Checked(2, 6, 1, 1)
        await added(store, new(blob=BLOB))
    assert kept.restore(file, copying(force=True)) == Checked(2, 6, 1, 1)
    async with kept.open() as store:
        assert {found.id for found in await ecgs_of(store, "ann")} == set(ids)
        assert (await store.ecgs.get("ann", ids[0])).blob == BLOB
        assert await store.users.get("ann") == user()


async def test_nothing_is_replaced_without_force(kept: Database, file: Path) -> None:
    kept.backup(file, copying())
    before = file.read_bytes()
    async with kept.open() as store:
        await added(store, new(blob=BLOB))
    for refused in (kept.backup, kept.restore):
        with pytest.raises(Conflict, match="exists already"):
            refused(file, copying())
    assert file.read_bytes() == before
    assert kept.backup(file, copying(force=True)).ecgs == 1
    assert {path.name for path in file.parent.iterdir()} <= {"one", "one.lock"}


async def test_nothing_is_restored_while_a_service_runs(kept: Database, file: Path) -> None:
    async with kept.open() as store:
        kept.backup(file, copying())
        [one] = await added(store, new(blob=BLOB))
        with pytest.raises(StorageUnavailable, match="in use by a running service"):
            kept.restore(file, copying(force=True))
        assert [found.id for found in await ecgs_of(store, "ann")] == [one]


def test_a_missing_backup_is_not_restored(kept: Database, file: Path) -> None:
    with pytest.raises(StorageUnavailable, match="there is no backup"):
        kept.restore(file, copying(force=True))
    assert kept.exists()
