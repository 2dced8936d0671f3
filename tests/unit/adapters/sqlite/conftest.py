"""A migrated file for each test, and other processes to share it with."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import migrate

Script = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of a database with the current schema."""
    path = tmp_path / "ecg.db"
    migrate(path)
    return path


@pytest.fixture
def script() -> Script:
    """Run Python in a process of its own; its arguments are in `sys.argv`."""

    def run(source: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-c", source, *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    return run
