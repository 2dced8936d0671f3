from pathlib import Path
from uuid import UUID

import pytest

from ecg_service.adapters.sqlite import SqliteStore, check
from ecg_service.domain.errors import DamagedEcg, StorageUnavailable
from ecg_service.domain.principal import Scope
from ecg_service.ports.store import Checked
from tests.contract.builders import added, grant, new, user
from tests.unit.adapters.sqlite.alterations import ALTERATIONS, alter


def refuse(blob: bytes, _: int) -> int:
    raise DamagedEcg(f"{len(blob)} bytes are wrong")


async def test_a_sound_file_has_no_problems(path: Path) -> None:
    async with SqliteStore.open(path) as store:
        blobs = [bytes([n]) * 20_000 for n in range(150)]
        await added(store, *(new("ann", "qrs", blob=blob) for blob in blobs))
        await store.users.add(user())
        seen: list[bytes] = []

        def see(blob: bytes, max_samples: int) -> int:
            assert max_samples == 5004  # those of its leads
            seen.append(blob)
            return len(blob)

        checked = Checked()
        assert list(check(path, see, checked)) == []
        assert seen == blobs
        assert checked == Checked(ecgs=150, samples=150 * 20_000, insights=150, users=1)
        await added(store, new())
    assert list(check(path)) == []


@pytest.mark.parametrize("change", ALTERATIONS)
def test_finds_altered_metadata(path: Path, stored: UUID, change: str) -> None:
    alter(path, f"UPDATE ecgs SET {change}")
    [problem] = check(path)
    assert problem.startswith(f"ecgs row 1, id {stored.hex.upper()}: ")


def test_finds_damaged_blobs(path: Path, stored: UUID) -> None:
    assert list(check(path, refuse)) == [f"ecgs row 1, id {stored.hex.upper()}: 6 bytes are wrong"]


@pytest.mark.parametrize(
    ("alteration", "place"),
    [
        ("insights SET result = '[]'", "insights row qrs of ECG {}: "),
        ("insights SET name = CAST(x'ff' AS TEXT)", "insights row %FF of ECG {}: "),
        ("insights SET error = CAST(x'ff' AS TEXT)", "insights row qrs of ECG {}: "),
        ("users SET role = 'ADMIN'", "users row ann: "),
        ("users SET password_hash = replace(password_hash, 'hash', 'cash')", "users row ann: "),
        ("users SET name = CAST(x'ff' AS TEXT)", "users row %FF: "),
        ("idempotency_keys SET ecg_id = x'02'", "idempotency_keys row key of ann: "),
        ("idempotency_keys SET owner = '1'", "idempotency_keys row key of 1: "),
        ("idempotency_keys SET owner = 'eve'", "idempotency_keys row key of eve: "),
        ("idempotency_keys SET key = CAST(x'ff' AS TEXT)", "idempotency_keys row %FF of ann: "),
        ("identities SET name = 'eve'", "identities row sub:1 of here: "),
        ("identities SET subject = CAST(x'ff' AS TEXT)", "identities row %FF of here: "),
        ("grants SET scopes = NULL", "grants row id 00000000000000000000000000000007: "),
        (
            "grants SET name = CAST(x'ff' AS TEXT)",
            "grants row id 00000000000000000000000000000007: ",
        ),
        ("backfills SET position = x'02'", "backfills row rr 1: "),
        ("ecgs SET blob_checksum = blob_checksum + 1", "ecgs row 1, id {}: "),
        ("ecgs SET blob = x'00'", "ecgs row 1, id {}: "),
    ],
)
async def test_finds_each_altered_row(
    path: Path, stored: UUID, alteration: str, place: str
) -> None:
    async with SqliteStore.open(path) as store:
        await store.users.add(user("ann"))
        await store.identities.link("here", "sub:1", user("bob"), is_new=True)
        await store.grants.add(grant(id=UUID(int=7), scopes=frozenset([Scope.READ])), most=1)
        await store.insights.backfill("rr", 1, limit=9)
        [deleted] = await added(store, new(key="key", fingerprint=b"f"))
        await store.ecgs.delete("ann", deleted)
    where = " WHERE name = 'qrs'" if "insights" in alteration else ""
    where = " WHERE name = 'ann'" if "users" in alteration else where
    alter(path, f"UPDATE {alteration}{where}")
    checked = Checked()
    [problem] = check(path, lambda blob, _: len(blob), checked)
    assert problem.startswith(place.format(stored.hex.upper()))
    assert problem.endswith("a text of the record is not UTF-8") is ("'ff'" in alteration)
    assert (checked.ecgs, checked.users) == (1, 2 - ("%FF" in place and "users" in place))


def test_finds_rows_of_nothing(path: Path, stored: UUID) -> None:
    alter(path, "PRAGMA foreign_keys = OFF; DELETE FROM ecgs")
    [problem] = check(path)
    assert problem.startswith("insights row ")


@pytest.mark.parametrize("name", [b"aaa", b"\xff\xff\xff"])
async def test_ends_where_rows_are_out_of_order(path: Path, name: bytes) -> None:
    async with SqliteStore.open(path) as store:
        for one in ("ann", "bob", "cid"):
            await store.users.add(user(one))
    content = path.read_bytes()  # noqa: ASYNC240 - nothing else runs
    path.write_bytes(content.replace(b"bobUSER", name + b"USER"))  # noqa: ASYNC240
    problems = list(check(path))
    assert any(problem.startswith("users row ") for problem in problems)
    path.write_bytes(content.replace(b"cidUSER", name + b"USER"))  # noqa: ASYNC240
    assert list(check(path))


def test_finds_damaged_pages(path: Path, stored: UUID) -> None:
    content = bytearray(path.read_bytes())
    place = content.rindex(b"qrs")
    page = place - place % 16_384
    content[page : page + 64] = bytes(64)
    path.write_bytes(content)
    assert [problem for problem in check(path) if problem.startswith("file: ")]


def test_finds_what_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "ecg.db"
    path.write_bytes(b"\xff" * 50_000)
    [problem] = check(path)
    assert "not a database" in problem


def test_finds_a_missing_schema(tmp_path: Path) -> None:
    path = tmp_path / "ecg.db"
    path.touch()
    [problem] = check(path)
    assert "lacks the current schema" in problem


def test_cannot_check_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageUnavailable, match="cannot be opened"):
        list(check(tmp_path / "ecg.db"))
