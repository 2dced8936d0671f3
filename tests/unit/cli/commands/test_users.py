"""`ecg users` without a running service; tests/e2e/test_cli.py has it beside one."""

import json
import os
import pty
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import apsw
import pytest
from click.testing import CliRunner, Result

from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.cli import main
from tests.processes import COMMAND, PATIENCE, environment

PASSWORD = "correct horse"


def users(*arguments: str, given: str = PASSWORD) -> Result:
    return CliRunner().invoke(main, ["users", *arguments], input=given)


def add(name: str, *options: str, given: str = PASSWORD) -> Result:
    return users("add", name, "--password-file", "-", *options, given=given)


def test_they_are_added_once() -> None:
    assert add("bob").stdout == "added bob as USER\n"
    again = add("bob")
    assert (again.exit_code, again.stdout) == (1, "")
    assert again.stderr == "Error: bob: A user with this name is registered already.\n"


def test_they_are_listed_as_json() -> None:
    add("bob")
    add("alice", "--admin")
    listed = [json.loads(line) for line in users("list", "--json").stdout.splitlines()]
    assert [(user["username"], user["role"], user["disabled"]) for user in listed] == [
        ("alice", "ADMIN", False),
        ("bob", "USER", False),
    ]
    assert set(listed[0]) == {"username", "role", "disabled", "created"}


def test_a_damaged_one_is_listed_and_holds_up_no_other() -> None:
    for name in ("alice", "bob", "cid"):
        add(name)
    with closing(apsw.Connection("ecg.db")) as database:
        execute(database, "UPDATE users SET role = 'ADMIN' WHERE name = 'bob'")
    listed = [json.loads(line) for line in users("list", "--json").stdout.splitlines()]
    assert [user["username"] for user in listed] == ["alice", "bob", "cid"]
    assert listed[1] == {"username": "bob", "damaged": True}
    assert users("list").stdout.splitlines()[4].split() == ["bob", "damaged"]
    refused = users("disable", "bob")
    assert refused.exit_code == 1
    assert refused.stderr == "Error: bob: the record does not match its checksum\n"
    assert users("disable", "cid").exit_code == 0


def test_they_are_listed_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ecg_service.cli.commands.users.PAGE_SIZE", 2)
    for name in "edcba":
        add(name)
    listed = [json.loads(line) for line in users("list", "--json").stdout.splitlines()]
    assert [user["username"] for user in listed] == ["a", "b", "c", "d", "e"]


def test_they_are_listed_as_a_table() -> None:
    add("bob")
    assert users("disable", "bob").stdout == "disabled bob\n"
    add("b" * 64)
    lines = users("list").stdout.splitlines()
    assert lines[1].split() == ["name", "role", "state", "created"]
    assert [line.split()[:3] for line in lines[3:5]] == [
        ["b" * 64, "USER", "enabled"],
        ["bob", "USER", "disabled"],
    ]


@pytest.mark.parametrize(
    ("name", "password", "place"),
    [
        ("bob smith", PASSWORD, "username"),
        ("", PASSWORD, "username"),
        ("b" * 65, PASSWORD, "username"),
        ("bob", "short", "password"),
        ("bob", "x" * 129, "password"),
        ("bob", "x" * 5000, "password"),
    ],
    ids=["space", "empty", "long name", "short", "long", "very long"],
)
def test_the_rules_are_those_of_the_api(name: str, password: str, place: str) -> None:
    result = add(name, given=password)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"Error: {place}: ")
    assert result.stderr.count("\n") == 1


def test_a_new_password_keeps_the_rules_too() -> None:
    add("bob")
    result = users("reset-password", "bob", "--password-file", "-", given="short")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: password: ")


@pytest.mark.parametrize("command", ["disable", "enable", "reset-password"])
def test_an_unknown_name_is_refused(command: str) -> None:
    add("bob")
    options = ["--password-file", "-"] if command == "reset-password" else []
    result = users(command, "eve", *options)
    assert (result.exit_code, result.stderr) == (1, "Error: eve: No user has this name.\n")


def test_the_last_admin_stays() -> None:
    add("root", "--admin")
    result = users("disable", "root")
    assert result.exit_code == 1
    assert result.stderr == "Error: root: The last enabled admin cannot be disabled.\n"


def test_without_a_terminal_the_password_must_come_from_a_file() -> None:
    result = users("add", "bob")
    assert result.exit_code == 2
    assert "--password-file" in result.stderr


@pytest.mark.parametrize("content", [None, b"\xff" * 20], ids=["missing", "not text"])
def test_a_wrong_password_file_is_wrong_usage(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "password").write_bytes(content)
    assert users("add", "bob", "--password-file", "password").exit_code == 2


def test_a_terminal_is_asked_twice_and_shows_nothing(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "users", "add", "bob"],
        env=environment(),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        alarm = threading.Timer(PATIENCE, process.kill)
        alarm.start()
        assert process.stdout
        assert process.stderr
        for prompt in (b"Password: ", b"Repeat for confirmation: "):
            assert process.stderr.read(len(prompt)) == prompt
            os.write(ours, f"{PASSWORD}\n".encode())
            process.stderr.read(1)  # the end of the line, which the terminal does not show
        assert process.stdout.read() == b"added bob as USER\n"
        assert process.wait(PATIENCE) == 0
        alarm.cancel()
    os.close(theirs)
    assert PASSWORD.encode() not in _shown(ours)


def _shown(terminal: int) -> bytes:
    """What the terminal has shown beside the prompts; ends with an error when nothing is left."""
    try:
        return os.read(terminal, 10_000)
    except OSError:
        return b""
    finally:
        os.close(terminal)


def test_one_is_erased() -> None:
    add("alice", "--admin")
    add("bob")
    asked = users("erase", "bob", given="n\n")
    assert (asked.exit_code, asked.stdout) == (1, "")
    assert "Delete bob and all of their ECGs for good? [y/N]" in asked.stderr
    assert users("erase", "bob", "--yes").stdout == "erased bob: deleted 0 ECGs\n"
    again = users("erase", "bob", "--yes")
    assert (again.exit_code, again.stderr) == (1, "Error: bob: No user has this name.\n")
    last = users("erase", "alice", "--yes")
    assert (last.exit_code, last.stdout) == (1, "")
    assert len(users("list", "--json").stdout.splitlines()) == 1
