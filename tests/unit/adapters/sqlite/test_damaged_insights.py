"""A damaged insight fails by itself; those beside it go on."""

from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore, check
from ecg_service.domain.insights import InsightState
from tests.contract.builders import added, insights_of, new
from tests.unit.adapters.sqlite.alterations import alter

ALTERATIONS = [
    "version = 2",
    "attempts = attempts + 1",
    "result = '[]'",
    "result = CAST(x'ff' AS TEXT)",
    "error = 'no beats'",
    "checksum = checksum + 1",
]


@pytest.fixture
async def three(path: Path) -> list[UUID]:
    """Store three ECGs with two pending insights each, and close the store."""
    async with SqliteStore.open(path) as store:
        return await added(store, *(new("ann", "qrs", "rr") for _ in range(3)))


def of(one: UUID) -> str:
    return f"WHERE name = 'qrs' AND ecg_id = x'{one.hex}'"


@pytest.mark.parametrize("change", [*ALTERATIONS, "state = 'done'", "state = 'lost'"])
async def test_it_is_shown_as_failed(path: Path, three: list[UUID], change: str) -> None:
    alter(path, f"UPDATE insights SET {change} {of(three[1])}")
    async with SqliteStore.open(path) as store:
        qrs, rr = await insights_of(store, "ann", three[1])
        sound = await insights_of(store, "ann", three[0])
    assert (qrs.name, qrs.state) == ("qrs", InsightState.FAILED)
    assert qrs.error == "the stored insight is damaged"
    assert (rr.state, [record.state for record in sound]) == ("pending", ["pending"] * 2)


@pytest.mark.parametrize("change", [*ALTERATIONS, "name = CAST(x'ff' AS TEXT)"])
async def test_it_is_not_claimed_and_holds_up_no_other(
    path: Path, three: list[UUID], change: str
) -> None:
    alter(path, f"UPDATE insights SET {change} {of(three[1])}")
    async with SqliteStore.open(path) as store:
        claims = await store.insights.claim(three, now=1)
        assert [claim.ecg.id for claim in claims] == three
        assert [len(claim.insights) for claim in claims] == [2, 1, 2]
        assert await store.insights.pending(limit=9) == []
    assert len(list(check(path))) == 1, "it stays damaged"


@pytest.mark.parametrize("change", ALTERATIONS)
async def test_it_is_not_released_and_holds_up_no_other(
    path: Path, three: list[UUID], change: str
) -> None:
    async with SqliteStore.open(path) as store:
        claims = await store.insights.claim(three, now=1)
        alter(path, f"UPDATE insights SET {change} {of(three[1])}")
        done = [record.done(None, 1) for claim in claims for record in claim.insights]
        await store.insights.finish([one for one in done if one.name == "qrs"])
        assert await store.insights.release(claimed_before=2) == 3
        assert await store.insights.release(claimed_before=2) == 0
        found = [[r.state for r in await insights_of(store, "ann", one)] for one in three]
    assert found == [["done", "pending"], ["failed", "pending"], ["done", "pending"]]


@pytest.mark.parametrize("version", ["0", "-1"])
async def test_of_a_damaged_version_it_is_computed_again(
    path: Path, three: list[UUID], version: str
) -> None:
    alter(path, f"UPDATE insights SET version = {version} {of(three[1])}")
    async with SqliteStore.open(path) as store:
        assert await store.insights.backfill("qrs", 1, limit=9) == 1
        assert await store.insights.pending(limit=9) == three
    assert list(check(path)) == []


@pytest.mark.parametrize(
    "change", ["position = x'ff'", "name = CAST(x'ff' AS TEXT)", "checksum = checksum + 1"]
)
async def test_a_damaged_backfill_begins_anew(path: Path, three: list[UUID], change: str) -> None:
    async with SqliteStore.open(path) as store:
        assert await store.insights.backfill("pr", 1, limit=9) == 3
        alter(path, f"UPDATE backfills SET {change}")
        alter(path, "DELETE FROM insights WHERE name = 'pr'")
        assert await store.insights.backfill("pr", 1, limit=9) == 3
