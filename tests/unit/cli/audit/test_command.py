"""`ecg audit` without a running service: what was tampered with is found."""

import asyncio
import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result

from ecg_service.adapters.sqlite import Limits, SqliteStore
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.cli import main
from ecg_service.domain.audit.events import Event
from tests.unit.cli.commands.test_users import add

HASH = "x'" + "00" * 32 + "'"


def audit(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["audit", *arguments])


def listed(*arguments: str) -> list[tuple[str, str, str]]:
    rows = map(json.loads, audit("list", "--json", *arguments).stdout.splitlines())
    return [(row["actor"], row["action"], row["object"]) for row in rows]


@pytest.fixture(autouse=True)
def _audited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_AUDIT", "on")
    for name in ("ann", "bob", "eve"):
        add(name)
    assert CliRunner().invoke(main, ["users", "disable", "eve"]).exit_code == 0


def test_what_commands_change_is_listed_and_so_is_that_it_was() -> None:
    operator = "operator"
    assert [row for row in listed() if row[1] != "audit.begin"] == [
        (operator, "user.create", "ann"),
        (operator, "user.create", "bob"),
        (operator, "user.create", "eve"),
        (operator, "user.disable", "eve"),
        (operator, "audit.list", ""),
    ]
    assert listed("--action", "user", "--object", "eve") == [
        (operator, "user.create", "eve"),
        (operator, "user.disable", "eve"),
    ]
    assert listed("--action", "use") == listed("--actor", "ann") == []
    assert len(listed("--action", "audit.list", "--outcome", "ok")) == 5
    assert listed("--until", "2020-01-01") == listed("--since", "2100-01-01") == []
    assert "user.disable" in audit("list").stdout


def test_an_export_has_every_row_with_its_hash() -> None:
    rows = [json.loads(line) for line in audit("export").stdout.splitlines()]
    assert [row["action"] for row in rows if row["number"]] == [
        *["user.create"] * 3,
        "user.disable",
        "audit.export",
    ]
    assert len(rows) == 10
    assert len({row["hash"] for row in rows}) == len({row["chain"] for row in rows}) == 5
    assert "ann" not in {row["object_id"] for row in rows}


def test_an_erased_user_has_no_name_in_it_and_it_still_holds() -> None:
    add("zoe")
    heads = Path("heads")
    heads.write_bytes(audit("heads").stdout_bytes)
    assert CliRunner().invoke(main, ["users", "erase", "zoe", "--yes"]).exit_code == 0
    assert "zoe" not in audit("export").stdout + audit("list").stdout
    assert b"zoe" not in Path("ecg.db").read_bytes()
    assert audit("verify", "--heads", str(heads)).exit_code == 0


def tamper(statement: str) -> None:
    with closing(apsw.Connection("ecg.db")) as connection:
        execute(connection, statement)


@pytest.fixture
def _chain() -> None:  # pyright: ignore[reportUnusedFunction]
    """Store a chain of three blocks; no other has a row 2."""

    async def append() -> None:
        async with SqliteStore.open(Path("ecg.db"), Limits(audited=True)) as store:
            for action in ("ecg.read", "ecg.list", "ecg.delete"):
                await store.audit.append([Event(action)])

    asyncio.run(append())


SECOND = "UPDATE audit_blocks SET {} WHERE number = 2"
IN_CHAIN = "chain = (SELECT chain FROM audit_blocks WHERE number = 3)"
TAMPERED = {
    "edited": SECOND.format(
        "content = unhex(replace(hex(content), hex('ecg.list'), hex('ecg.read')))"
    ),
    "another time": SECOND.format("at = at + 1"),
    "cannot be read": SECOND.format("content = x'ff'"),
    "another form": SECOND.format("content = x'93010203'"),
    "another hash": SECOND.format(f"hash = {HASH}"),
    "another number": "UPDATE audit_blocks SET number = 4 WHERE number = 3",
    "deleted": "DELETE FROM audit_blocks WHERE number = 2",
    "first deleted": f"DELETE FROM audit_blocks WHERE number = 1 AND {IN_CHAIN}",
    "reordered": "UPDATE audit_blocks SET number = 15 - number WHERE number IN (2, 3)",
    "moved": SECOND.format("chain = x'00000000000000000000000000000007'"),
    "put in": "INSERT INTO audit_blocks SELECT chain, 4, at, hash, content FROM audit_blocks WHERE number = 3",
    "begun later": f"INSERT INTO audit_cuts SELECT chain, number, hash FROM audit_blocks WHERE number = 1 AND {IN_CHAIN}",
}


@pytest.mark.usefixtures("_chain")
@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_inside_is_found(statement: str) -> None:
    assert audit("verify").exit_code == 0
    tamper(statement)
    found = audit("verify")
    assert (found.exit_code, bool(found.stdout)) == (1, True)


@pytest.mark.usefixtures("_chain")
def test_what_cannot_be_read_is_listed_as_that() -> None:
    tamper(TAMPERED["cannot be read"])
    actions = [action for _, action, _ in listed()]
    assert actions.count("audit.unreadable") == 1
    assert {"ecg.read", "ecg.delete"} <= {*actions}


CUT_OFF = {
    "the end": "DELETE FROM audit_blocks WHERE number = 3",
    "a chain": f"DELETE FROM audit_blocks WHERE {IN_CHAIN}",
}


@pytest.mark.usefixtures("_chain")
@pytest.mark.parametrize("statement", CUT_OFF.values(), ids=CUT_OFF)
def test_what_was_cut_off_is_found_by_the_heads_from_before(statement: str) -> None:
    heads = Path("heads")
    heads.write_bytes(audit("heads").stdout_bytes)
    add("later")
    assert audit("verify", "--heads", "heads").exit_code == 0
    tamper(statement)
    assert audit("verify").exit_code == 0  # which is why the heads are kept elsewhere
    found = audit("verify", "--heads", "heads")
    assert (found.exit_code, "missing" in found.stdout) == (1, True)


@pytest.mark.parametrize("change", [{"hash": "00" * 32}, {"number": 0}])
def test_a_rewritten_chain_is_found_by_the_heads_from_before(change: dict[str, str | int]) -> None:
    heads = Path("heads")
    first, *others = map(json.loads, audit("heads").stdout.splitlines())
    heads.write_text("\n".join(map(json.dumps, [first | change, *others])))
    found = audit("verify", "--heads", "heads")
    assert (found.exit_code, "not the one that was known" in found.stdout) == (1, True)


@pytest.mark.parametrize("content", ["{}", "x", '{"chain":1}'])
def test_what_are_no_heads_is_said(content: str) -> None:
    Path("heads").write_text(content)
    found = audit("verify", "--heads", "heads")
    assert (found.exit_code, "--heads" in found.stderr) == (2, True)


def test_what_is_off_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_AUDIT", "off")
    before = len(audit("heads").stdout.splitlines())
    add("kim")
    assert len(audit("heads").stdout.splitlines()) == before == 4
