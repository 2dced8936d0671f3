"""The rows of the audit trail of before there were blocks."""

import hashlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from uuid import UUID

import apsw
import msgspec
import pytest

from ecg_service.adapters.sqlite import Limits, SqliteStore, check, migrate
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.adapters.sqlite.schema import migrations
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.audit.events import Event
from ecg_service.services.audit.reading import entries, verify

CHAIN = UUID(int=7)
INSERT = "INSERT INTO audit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
OLD = [
    Event("audit.begin", actor="service", at=1),
    Event("ecg.read", "Zoë", "not-found", "user:1", count=3, at=2),
    Event("ecg.list", at=4),
]


def rows() -> list[tuple[bytes | int | str, ...]]:
    """Return them as they were stored, and hashed, then."""
    found, digest = list[tuple[bytes | int | str, ...]](), bytes(32)
    for number, one in enumerate(OLD):
        values = (CHAIN.bytes, number, one.at, one.actor, "", one.action, one.object, one.outcome)
        whole = (*values, "", "", one.count)
        digest = hashlib.sha256(digest + msgspec.msgpack.encode(whole)).digest()
        found.append((*whole, digest))
    return found


@pytest.fixture
def old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "old.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "STEPS", migrations.STEPS[:-1])
        migrate(path)
    with closing(apsw.Connection(str(path))) as connection:
        execute_many(connection, INSERT, rows())
    return path


async def problems(path: Path, known: Sequence[Link] = ()) -> list[str]:
    async with SqliteStore.open(path, Limits(audited=True)) as store:
        await store.audit.append([Event("ecg.delete")])
        return [one async for one in verify(store.audit, known)]


async def test_they_are_whole_after_their_migration(old: Path) -> None:
    assert migrate(old) == ["pack_audit"]
    *_, digest = rows()[-1]
    assert isinstance(digest, bytes)
    assert await problems(old, [Link(CHAIN, 2, digest)]) == []
    async with SqliteStore.open(old) as store:
        found = [one async for one in entries(store.audit)]
    assert [one.event for one in found if one.chain == CHAIN] == OLD
    assert list(check(old)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET at = 3 WHERE number = 1",
        "UPDATE audit SET object = CAST(x'ff' AS TEXT) WHERE number = 1",
        "DELETE FROM audit WHERE number = 1",
    ],
)
async def test_what_was_changed_in_them_before_is_found(old: Path, statement: str) -> None:
    with closing(apsw.Connection(str(old))) as connection:
        execute(connection, statement)
    migrate(old)
    assert await problems(old) != []
    assert list(check(old)) != []
