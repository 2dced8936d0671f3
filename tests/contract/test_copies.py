"""What is copied to another database is all there, and is as it was."""

import random
from array import array
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from ecg_core import Signal, pack
from ecg_service.adapters.core import verify_blob
from ecg_service.domain.ecg import Lead
from ecg_service.domain.errors import Conflict, Damaged, StorageUnavailable
from ecg_service.domain.grants import Kind
from ecg_service.domain.insights import InsightState
from ecg_service.domain.principal import Scope
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.copies import Contents, Copying
from ecg_service.ports.store import Checked, Database, Store
from tests.contract.builders import NOON, added, grant, insights_of, new, user, users_of
from tests.contract.conftest import DATABASES

SAMPLES = 300_000
LONG = pack([Signal(array("i", random.Random(1).randbytes(4 * SAMPLES)))])
"""More than one part of a blob in SQLite."""
ISSUER = "https://sso.example/é"

GRANTS = [
    grant("ann", name="ä\0", scopes=frozenset([*Scope]), expires=NOON, last_used=NOON),
    grant("bob", Kind.SESSION, name="", epoch=7, digest=bytes(range(32))),
    grant("bob", scopes=frozenset[Scope]()),
]

Other = Callable[[], AbstractContextManager[Database]]


@pytest.fixture(params=["sqlite", "postgres"])
def other(request: pytest.FixtureRequest, tmp_path: Path) -> Other:
    folder = tmp_path / "other"
    folder.mkdir()
    return lambda: DATABASES[request.param](folder)


def copying(*, keep_damaged: bool = False, problems: list[str] | None = None) -> Copying:
    tell = (problems if problems is not None else []).append
    return Copying(verify_blob, lambda _, __, ___: None, tell, 2**40, keep_damaged=keep_damaged)


async def fill(store: Store) -> list[StoredEcg]:
    """Store what has every kind of row; return the ECGs."""
    for name in ("ann", "bob"):
        await store.users.add(user(name))
    await store.users.update("bob", disabled=True)
    await store.identities.link(ISSUER, "sub:\0ann", user("ann"), is_new=False)
    leads = (Lead("I", SAMPLES),)
    stored = [
        new(
            "ann", "qrs", "rr", client_id="\0 7", fingerprint=b"f", key="k", blob=LONG, leads=leads
        ),
        new("ann", blob=pack([Signal([1, -1])])),
        new("bob", "qrs", "rr", key="k", fingerprint=b"g", blob=pack([Signal([0])])),
        new("bob", key="l", fingerprint=b"h", blob=pack([Signal([5])])),
    ]
    await added(store, *stored)
    await store.ecgs.delete("bob", stored[3].ecg.id)  # whose key is remembered
    for one in GRANTS:
        await store.grants.add(one, most=9)
    await store.insights.claim([stored[2].ecg.id], now=1)
    return stored[:3]


async def test_all_is_copied(database: Database, other: Other) -> None:
    if not database.is_persistent:
        return
    async with database.open() as store:
        stored = await fill(store)
        with other() as target, database.contents() as contents:  # beside who has it open
            assert target.fill(contents, copying()) == Checked(3, len_of(stored), 4, 2, 3, 3)
            await is_as_it_was(target, stored)
            checked = Checked()
            assert list(target.check(verify_blob, checked)) == []


def len_of(stored: list[StoredEcg]) -> int:
    return sum(verify_blob(one.blob, 10**9) for one in stored)


async def is_as_it_was(target: Database, stored: list[StoredEcg]) -> None:
    async with target.open() as store:
        await store.insights.release()
        for one in stored:
            found = await store.ecgs.get(one.ecg.owner, one.ecg.id)
            assert (found.ecg, found.blob) == (one.ecg, one.blob)
        assert [await store.grants.get(one.id) for one in GRANTS] == GRANTS
        assert [one.disabled for one in await users_of(store)] == [False, True]
        assert (await store.identities.user_of(ISSUER, "sub:\0ann")).name == "ann"
        for one in stored:
            records = await insights_of(store, one.ecg.owner, one.ecg.id)
            assert {record.state for record in records} <= {InsightState.PENDING}
        again = [
            new("ann", client_id="\0 7", fingerprint=b"f"),
            new("bob", key="k", fingerprint=b"g"),
            new("bob", key="l", fingerprint=b"h"),
        ]
        answers = await store.ecgs.add_many(again)
        assert answers[:2] == [stored[0].ecg.id, stored[2].ecg.id]
        assert answers[2] not in {one.ecg.id for one in (*stored, *again)}


async def test_what_holds_something_is_not_filled(database: Database, other: Other) -> None:
    if not database.is_persistent:
        return
    with other() as target:
        target.migrate()
        async with target.open() as store:
            await store.users.add(user("ann"))
        with database.contents() as contents, pytest.raises(Conflict):
            target.fill(contents, copying())
        async with target.open() as store:
            assert [one.name for one in await users_of(store)] == ["ann"]


@pytest.mark.parametrize("keep", [False, True])
async def test_a_damaged_one_is_copied_only_if_told(
    database: Database, other: Other, *, keep: bool
) -> None:
    if not database.is_persistent:
        return
    async with database.open() as store:
        await added(store, new(blob=b"not packed"), new("bob", blob=pack([Signal([1])])))
    problems = list[str]()
    with other() as target, database.contents() as contents:
        if keep:
            assert target.fill(contents, copying(keep_damaged=True, problems=problems)).ecgs == 2
        else:
            with pytest.raises(Damaged):
                target.fill(contents, copying(problems=problems))
            assert target.exists() is False or await is_empty(target)
    assert len(problems) == 1


async def is_empty(target: Database) -> bool:
    checked = Checked()
    assert list(target.check(verify_blob, checked)) == []
    return checked == Checked()


async def test_a_copy_that_fails_half_way_leaves_nothing(database: Database, other: Other) -> None:
    if not database.is_persistent:
        return
    async with database.open() as store:
        await fill(store)

    def failing(contents: Contents) -> Contents:
        def some() -> Any:
            yield next(contents.batches)
            yield next(contents.batches)
            raise StorageUnavailable("the other end is gone")

        return Contents(contents.size, some())

    with other() as target, database.contents() as contents:
        with pytest.raises(StorageUnavailable, match="the other end"):
            target.fill(failing(contents), copying())
        assert target.exists() is False or await is_empty(target)


def test_what_is_in_memory_is_not_copied(database: Database) -> None:
    if database.is_persistent:
        return
    with pytest.raises(StorageUnavailable, match="copied"):
        database.contents()
    with pytest.raises(StorageUnavailable, match="copied"):
        database.fill(Contents(0, iter(())), copying())
