"""`ecg audit` without a running service: what was tampered with is found."""

import json
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result

from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.cli import main
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
    assert len({row["hash"] for row in rows}) == len(rows) == 10
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


TAMPERED = {
    "edited": "UPDATE audit SET object = 'user:0' WHERE action = 'user.disable'",
    "another time": "UPDATE audit SET at = at + 1 WHERE action = 'user.disable'",
    "no text": "UPDATE audit SET object = CAST(x'ff' AS TEXT) WHERE action = 'user.disable'",
    "another hash": f"UPDATE audit SET hash = {HASH} WHERE action = 'user.disable'",
    "deleted": "DELETE FROM audit WHERE action = 'audit.begin'",
    "reordered": "UPDATE audit SET number = 1 - number + 10 WHERE chain IN"
    " (SELECT chain FROM audit WHERE action = 'user.disable')",
    "moved": "UPDATE audit SET chain = x'00000000000000000000000000000007' WHERE action = 'user.disable'",
    "begun later": "INSERT INTO audit_cuts SELECT chain, 0, hash FROM audit WHERE number = 0",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_what_was_changed_inside_is_found(statement: str) -> None:
    assert audit("verify").exit_code == 0
    tamper(statement)
    found = audit("verify")
    assert (found.exit_code, bool(found.stdout)) == (1, True)


CUT_OFF = {
    "the end": "DELETE FROM audit WHERE action = 'user.disable'",
    "a chain": "DELETE FROM audit WHERE chain IN (SELECT chain FROM audit WHERE action = 'user.disable')",
}


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


def test_a_rewritten_chain_is_found_by_the_heads_from_before() -> None:
    heads = Path("heads")
    heads.write_bytes(audit("heads").stdout_bytes)
    changed = [json.loads(line) for line in heads.read_bytes().splitlines()]
    changed[0]["hash"] = "00" * 32
    heads.write_text("\n".join(map(json.dumps, changed)))
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
