"""Whatever byte of the file is flipped, every method answers, or raises an error of the service."""

from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore, check
from ecg_service.domain.errors import EcgError
from ecg_service.domain.grants import Kind
from ecg_service.domain.users import Role
from tests.contract.builders import NOON, added, grant, new, user
from tests.unit.adapters.sqlite.alterations import flips

IDS = [UUID(f"01a21823-8215-750e-9f9d-f28906b5f17{n}") for n in range(3)]
STEP = 53
"""Of the bytes that are not zero, so many are left out between two that are flipped."""


@pytest.fixture
async def full(path: Path) -> list[int]:
    """Store something in each table, and close the store; return the places that hold data."""
    batch = [
        new("ann", "qrs", "rr", id=one, client_id=str(n), date=NOON + n * timedelta(days=1))
        for n, one in enumerate(IDS)
    ]
    async with SqliteStore.open(path) as store:
        for one in (user("ann"), user("bob"), user("root", Role.ADMIN)):
            await store.users.add(one)
        for one in (grant(), grant("bob", Kind.SESSION)):
            await store.grants.add(one, most=9)
        await added(store, *batch)
        await store.insights.backfill("pr", 1, limit=9)
        claims = await store.insights.claim(IDS[:1], now=1)
        await store.insights.finish([claims[0].insights[0].done([1, 2], 1)])
    content = path.read_bytes()  # noqa: ASYNC240 - nothing else runs
    return [place for place, byte in enumerate(content) if byte and place > 100]


async def test_no_flipped_byte_is_a_fault_of_the_service(path: Path, full: list[int]) -> None:
    worked = 0
    for _ in flips(path, full[::STEP]):
        with suppress(EcgError):
            async with SqliteStore.open(path) as store:
                worked += sum([await answers(asked) for asked in everything(store)])
        with suppress(EcgError):
            list(check(path))
        for log in path.parent.glob("ecg.db-*"):
            log.unlink()
    assert worked > len(full[::STEP])


def everything(store: SqliteStore) -> list[Awaitable[object]]:
    return [
        store.users.page(limit=9),
        store.users.get("bob"),
        store.users.update("root", disabled=True),
        store.grants.page("ann", Kind.API_KEY, limit=9),
        store.grants.remove("ann", IDS[0]),
        store.ecgs.page("ann", limit=9),
        *(store.ecgs.get("ann", one) for one in IDS),
        store.insights.release(),
        store.insights.backfill("pr", 2, limit=1),
        store.insights.pending(limit=9),
        store.ecgs.add_many(
            [new("ann", client_id="1", id=UUID(int=1)), new("bob", id=UUID(int=2))]
        ),
        store.insights.claim(IDS, now=2),
    ]


async def answers(asked: Awaitable[object]) -> bool:
    try:
        await asked
    except EcgError:
        return False
    return True
