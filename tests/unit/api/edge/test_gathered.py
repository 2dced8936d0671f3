import asyncio
import mmap
import sys
from pathlib import Path

import pytest

from ecg_service.api.edge import gathered as module
from ecg_service.api.edge.gathered import LARGE, MAPPED, Gathered


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "spare", module.Spare())


async def test_parts_are_joined_in_order_whether_few_or_many() -> None:
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


async def test_more_than_was_announced_is_kept_too() -> None:
    gathered, content = Gathered(1), bytes(range(256)) * (MAPPED // 256 + 1_000)
    for start in range(0, len(content), LARGE):
        gathered.add(content[start : start + LARGE])
    assert gathered.whole() == content


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_no_more_memory_is_taken_than_is_written() -> None:
    gathered = Gathered(100 * MAPPED)
    before = _resident()
    gathered.add(bytes(LARGE))
    assert _resident() - before < 3 * LARGE
    assert len(gathered.whole()) == LARGE


async def test_large_pages_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(mmap, "MADV_HUGEPAGE", raising=False)
    gathered, content = Gathered(), bytes(range(256)) * (LARGE // 256)
    gathered.add(content)
    assert gathered.whole() == content


def body(fill: bytes, size: int = MAPPED) -> bytes:
    """Gather a body of one byte, again and again."""
    gathered = Gathered(size)
    for start in range(0, size, LARGE):
        gathered.add(fill * min(LARGE, size - start))
    return gathered.whole()


def place(whole: bytes) -> int:
    """Return where the bytes are, as CPython tells."""
    return id(whole)


@pytest.mark.parametrize("size", [LARGE, LARGE + 1, MAPPED - 1, MAPPED, 2 * MAPPED + 1])
async def test_the_memory_of_the_last_body_is_used_again(size: int) -> None:
    first = place(body(b"a", size))
    again = body(b"b", size)
    assert place(again) == first
    assert again == b"b" * size


async def test_the_memory_of_a_shorter_one_is_given_back_at_once() -> None:
    body(b"a")
    gathered = Gathered(2 * MAPPED)
    gathered.add(b"b" * LARGE)
    assert module.spare.take(0) is None
    assert gathered.whole() == b"b" * LARGE


async def test_a_body_of_unknown_length_leaves_nothing() -> None:
    gathered = Gathered(2 * MAPPED)
    gathered.add(b"a" * LARGE)
    gathered.whole()
    assert module.spare.take(0) is None


async def test_a_body_is_whole_once() -> None:
    gathered = Gathered(LARGE)
    gathered.add(b"a" * LARGE)
    gathered.whole()
    second = body(b"b", LARGE)
    assert gathered.whole() == b""
    assert second == b"b" * LARGE


async def test_a_shorter_body_has_nothing_of_the_last_one() -> None:
    body(b"a", 2 * MAPPED)
    assert body(b"b", MAPPED + 1) == b"b" * (MAPPED + 1)


async def test_memory_that_somebody_still_reads_is_not_used_again() -> None:
    first = body(b"a")
    second = body(b"b")
    assert (first, second) == (b"a" * MAPPED, b"b" * MAPPED)
    assert place(first) != place(second)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_memory_that_no_body_uses_is_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_SECONDS", 0.01)
    before = _resident()
    body(b"a", 4 * MAPPED)
    assert _resident() - before > 3 * MAPPED
    await asyncio.sleep(0.1)
    assert _resident() - before < MAPPED


def _resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * mmap.PAGESIZE
