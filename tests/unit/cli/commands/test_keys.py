"""`ecg keys` without a running service; tests/e2e/test_keys.py has it beside one."""

import json
import re

import pytest
from click.testing import CliRunner, Result

from ecg_service.cli import main
from tests.unit.cli.commands.test_users import add

KEY = re.compile(r"ecg_[0-9A-Za-z]{71}\n")


def keys(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def listed(user: str = "bob") -> list[dict[str, object]]:
    return [json.loads(line) for line in keys("list", user, "--json").stdout.splitlines()]


@pytest.fixture(autouse=True)
def bob() -> None:
    add("bob")
    add("root", "--admin")


def test_a_key_is_printed_once_and_alone() -> None:
    made = keys("create", "bob", "ward 3", "--scope", "ingest", "--days", "90")
    assert (made.exit_code, bool(KEY.fullmatch(made.stdout))) == (0, True)
    [one] = listed()
    assert (one["name"], one["scopes"]) == ("ward 3", ["ingest"])
    assert set(one) == {"id", "name", "scopes", "created", "expires"}
    assert str(one["id"]) in made.stderr
    assert made.stdout.strip()[4:] not in keys("list", "bob").stdout


def test_they_are_listed_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecg_service.cli.commands.keys.PAGE_SIZE", 2)
    for name in "abcde":
        keys("create", "bob", name, "--scope", "read", "--scope", "ingest")
    assert [one["name"] for one in listed()] == ["a", "b", "c", "d", "e"]
    assert keys("list", "bob").stdout.count("ingest read") == 5


def test_a_revoked_one_is_gone() -> None:
    keys("create", "bob", "ward 3", "--scope", "ingest")
    [one] = listed()
    assert keys("revoke", "bob", str(one["id"])).stdout == f"revoked {one['id']} of bob\n"
    assert listed() == []
    again = keys("revoke", "bob", str(one["id"]))
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "Error: bob: This user has no API key with this id.\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("create", "nobody", "n", "--scope", "read"), 1),
        (("create", "root", "n", "--scope", "read"), 1),
        (("create", "bob", "", "--scope", "read"), 1),
        (("create", "bob", "n"), 2),
        (("create", "bob", "n", "--scope", "admin"), 2),
        (("create", "bob", "n", "--scope", "read", "--days", "0"), 2),
        (("revoke", "bob", "x"), 2),
        (("list", "nobody"), 1),
        (("list", "nobody", "--json"), 1),
    ],
)
def test_what_is_refused_makes_no_key(arguments: tuple[str, ...], code: int) -> None:
    refused = keys(*arguments)
    assert (refused.exit_code, refused.stdout) == (code, "")
    assert refused.stderr
    assert listed() == []
