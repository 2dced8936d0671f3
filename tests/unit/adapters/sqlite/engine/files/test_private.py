# ruff: noqa: ASYNC240 - nothing else runs on these event loops
"""Who may read the files of a database, whoever made them."""

import logging
import os
import stat
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import SqliteStore, migrate
from ecg_service.adapters.sqlite.engine.files.private import make_private
from ecg_service.domain.errors import StorageUnavailable
from tests.contract.builders import added, new
from tests.unit.adapters.sqlite.conftest import Script

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from ecg_service.adapters.sqlite import SqliteStore
from tests.contract.builders import added, new

async def main() -> None:
    async with SqliteStore.open(Path(sys.argv[1])) as store:
        await added(store, new())
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(main())
"""


def modes(path: Path) -> dict[str, int]:
    files = path.parent.glob("ecg.db*")
    return {file.name: stat.S_IMODE(file.stat().st_mode) for file in files}


@pytest.mark.parametrize("mode", [0o666, 0o644, 0o660, 0o604])
async def test_a_file_made_beforehand_becomes_its_owners(
    tmp_path: Path, mode: int, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "ecg.db"
    path.touch()
    path.chmod(mode)
    with caplog.at_level(logging.WARNING):
        migrate(path)
    assert modes(path)["ecg.db"] == 0o600
    assert "ecg.db was open to other users" in caplog.text


@pytest.mark.parametrize("users_only", [True, False])
async def test_a_database_opened_to_others_becomes_its_owners(
    path: Path, script: Script, *, users_only: bool
) -> None:
    """So does the log that a killed service has left."""
    script(KILLED, path)
    assert {*modes(path)} >= {"ecg.db", "ecg.db-wal", "ecg.db-shm"}
    for name in modes(path):
        path.with_name(name).chmod(0o666)
    async with SqliteStore.open_beside(path) if users_only else SqliteStore.open(path):
        found = modes(path)
    found.pop("ecg.db.lock")  # there is nothing to read in it
    assert set(found.values()) == {0o600}


async def test_a_database_put_in_its_place_becomes_its_owners(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        other = path.parent / "other.db"
        migrate(other)
        other.chmod(0o666)
        other.rename(path)
        await added(store, new())
        assert modes(path)["ecg.db"] == 0o600


async def test_a_private_database_is_left_alone(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.chmod(0o700)
    before = os.umask(0)
    async with SqliteStore.open(path) as store:
        await added(store, new())
        assert modes(path)["ecg.db"] == 0o700
    os.umask(before)
    assert caplog.text == ""


def test_a_file_that_cannot_be_closed_to_others_is_refused(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def chmod(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    path.chmod(0o666)
    monkeypatch.setattr(Path, "chmod", chmod)
    with pytest.raises(StorageUnavailable, match=r"^ecg.db is open to other users, .* not perm"):
        make_private(path)
