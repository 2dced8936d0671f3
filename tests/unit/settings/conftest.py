"""No setting of whoever runs the tests is read, nor their `ecg.toml`."""

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ECG_")]:
        monkeypatch.delenv(name)
