"""Fixtures of tests that fill a disk."""

from pathlib import Path

import pytest

from tests.faults import FaultyDisk
from tests.unit.adapters.sqlite.engine.files.full_disk import FullDisk


@pytest.fixture
def disk_of(path: Path, disk: FaultyDisk, monkeypatch: pytest.MonkeyPatch) -> FullDisk:
    return FullDisk(path, disk, monkeypatch)
