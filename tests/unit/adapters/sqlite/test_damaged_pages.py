"""A damaged ECG in a page is reported there; the page and its tokens go past it."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg
from tests.contract.builders import NOON, added, new
from tests.unit.adapters.sqlite.alterations import ALTERATIONS, alter, flips

IN_PLACE = [change for change in ALTERATIONS if not change.startswith(("owner", "date"))]
"""Alterations after which the ECG is still listed at its place."""

ID = "01a21823-8215-750e-9f9d-f28906b5f17"


@pytest.fixture
async def four(path: Path) -> list[Ecg]:
    """Store four ECGs of Ann's, and close the store; return them newest first."""
    dates = [NOON - timedelta(days=n) for n in range(4)]
    batch = [
        new("ann", id=UUID(f"{ID}{n}"), date=date, client_id=str(n), fingerprint=b"f")
        for n, date in enumerate(dates)
    ]
    async with SqliteStore.open(path) as store:
        await added(store, *batch)
    return [one.ecg for one in batch]


@pytest.mark.parametrize("change", IN_PLACE)
async def test_it_is_reported_in_its_place(path: Path, four: list[Ecg], change: str) -> None:
    alter(path, f"UPDATE ecgs SET {change} WHERE pk = 2")
    damaged = UnreadableEcg(four[1].date, four[1].id)
    listed = [four[0], damaged, *four[2:]]
    async with SqliteStore.open(path) as store:
        assert await store.ecgs.page("ann", limit=9) == listed
        assert await store.ecgs.page("ann", limit=2) == listed[:2]
        after = Cursor(damaged.date, damaged.id)
        assert await store.ecgs.page("ann", limit=9, after=after) == four[2:]


@pytest.mark.parametrize("date", [-(2**63), 2**63 - 1, 2**61, -(2**61)])
async def test_what_has_no_date_is_no_place(path: Path, four: list[Ecg], date: int) -> None:
    alter(path, f"UPDATE ecgs SET date = {date} WHERE pk = 2")
    async with SqliteStore.open(path) as store:
        assert await store.ecgs.page("ann", limit=9) == [four[0], *four[2:]]


async def test_no_flipped_byte_hides_the_others(path: Path, four: list[Ecg]) -> None:
    seen: list[type[Ecg | UnreadableEcg]] = []
    start = path.read_bytes().index(four[1].id.bytes)  # noqa: ASYNC240 - nothing else runs
    header = 13
    for place in flips(path, range(start - header, start + 100, 3)):
        async with SqliteStore.open(path) as store:
            first, second, *others = await store.ecgs.page("ann", limit=9)
        assert [first, *others] == [four[0], *four[2:]], place
        assert isinstance(second, UnreadableEcg) or second == four[1]
        seen.append(type(second))
    assert seen.count(UnreadableEcg) > 30
