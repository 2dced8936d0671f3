from pathlib import Path
from types import SimpleNamespace

import pytest

from ecg_service.adapters.sqlite.engine.files.identity import Files


@pytest.mark.parametrize("end", ["", "-wal", "-shm"])
def test_a_file_that_is_replaced_is_noticed_within_a_second(
    tmp_path: Path, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reads believe for a moment what was seen, since each look costs them."""
    clock, path = [100.0], tmp_path / f"ecg.db{end}"
    fake = SimpleNamespace(monotonic=lambda: clock[0])
    monkeypatch.setattr("ecg_service.adapters.sqlite.engine.files.identity.time", fake)
    path.touch()
    files = Files(tmp_path / "ecg.db")
    path.rename(tmp_path / "old")
    path.touch()
    looks = list[bool]()
    for clock[0] in (100.1, 101.0, 101.1):
        looks.append(files.look())
    assert looks == [False, True, True]
