"""A migrated file for each test, and other processes to share it with."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore, migrate
from tests.contract.builders import added, new
from tests.faults import FaultyDisk

Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a database with the current schema."""
    path = tmp_path / "ecg.db"
    migrate(path)
    return path


@pytest.fixture
async def stored(path: Path) -> UUID:
    """Store an ECG of Ann's with an insight, and close the store."""
    async with SqliteStore.open(path) as store:
        [one] = await added(store, new("ann", "qrs", client_id="7", fingerprint=b"f"))
    return one


@pytest.fixture
def script() -> Script:
    """Run Python in a process of its own; its arguments are in `sys.argv`."""

    def run(source: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", source, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    """Open databases on a disk that may fail; a test closes all that it opens."""
    disk = FaultyDisk()
    yield disk
    disk.unregister()
