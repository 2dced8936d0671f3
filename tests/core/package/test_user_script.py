"""The script of a user runs, and strict type checkers are content with it."""

import subprocess
import sys
from array import array
from pathlib import Path

import numpy as np
import pytest

from ecg_core import Signal
from tests.core.package import user_script

CHECKERS = {
    "mypy": ["mypy", "--strict", "--cache-dir", ".cache"],
    "pyright": ["pyright", "--warnings", "--pythonpath", sys.executable],
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_strict_checkers_are_content(checker: str, tmp_path: Path) -> None:
    """Outside the repository, whose settings are not the user's."""
    text = Path(user_script.__file__).read_text()
    (tmp_path / "script.py").write_text(f"# pyright: strict\n{text}")
    command = [sys.executable, "-m", *CHECKERS[checker], "script.py"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_does_what_it_says(tmp_path: Path) -> None:
    signal = Signal([1030, 1020, 1028] * 10)
    assert user_script.describe(signal)["crossings"] == 20
    assert user_script.first_seconds([signal], 2, 3) == [Signal([1030, 1020, 1028] * 2)]
    assert user_script.middle(signal) == 1028
    assert len(user_script.store(tmp_path / "x.blob", [Signal([]), signal[-10:]])) == 1
    assert user_script.count([signal, array("i", [1, 2])]) == 32 + len("strict")
    assert user_script.read([b'{"signal":[1]}', memoryview(b"[")]) == [
        "[Signal(1 samples, min 1, max 1)]",
        'expected a value at byte 1, pointer "/0"',
    ]
    assert user_script.show(signal)[:2] == [(0, 1030), (1, 1020)]
    assert user_script.count_in_arrays(np.array([1, -1, 1], np.int16)) == 3
