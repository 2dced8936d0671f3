import mmap
import sys
from pathlib import Path

import pytest

from ecg_service.api.edge.gathered import LARGE, MAPPED, Gathered


def test_parts_are_joined_in_order_whether_few_or_many() -> None:
    for size in (0, 1, LARGE - 1, LARGE, LARGE + 5_000_000, MAPPED + 1):
        gathered, content = Gathered(size), bytes(range(251)) * (size // 251 + 1)
        for start in range(0, size, 1_000_003):
            gathered.add(content[start : min(size, start + 1_000_003)])
        assert gathered.size == size
        assert gathered.whole() == content[:size]


def test_one_part_is_not_copied() -> None:
    gathered, part = Gathered(), bytes(1_000)
    gathered.add(part)
    assert gathered.whole() is part


def test_more_than_was_announced_is_kept_too() -> None:
    gathered, content = Gathered(1), bytes(range(256)) * (MAPPED // 256 + 1_000)
    for start in range(0, len(content), LARGE):
        gathered.add(content[start : start + LARGE])
    assert gathered.whole() == content


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_more_memory_is_taken_than_is_written() -> None:
    gathered = Gathered(100 * MAPPED)
    before = _resident()
    gathered.add(bytes(LARGE))
    assert _resident() - before < 3 * LARGE
    assert len(gathered.whole()) == LARGE


def test_large_pages_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    gathered, content = Gathered(), bytes(range(256)) * (LARGE // 256)
    gathered.add(content)
    assert gathered.whole() == content


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE
