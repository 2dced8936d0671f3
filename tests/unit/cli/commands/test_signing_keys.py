"""`ecg signing-keys`: the file of the keys, which is its owner's alone."""

import json
from pathlib import Path
from stat import S_IMODE

import pytest
from click.testing import CliRunner

from ecg_service.cli import main
from tests.unit.cli.commands.test_users import add

KEYS = Path("ecg.db.signing-keys")


def kids(*options: str) -> list[str]:
    done = CliRunner().invoke(main, ["signing-keys", "rotate", *options])
    assert done.exit_code == 0, done.stderr
    found = [key["kid"] for key in json.loads(KEYS.read_bytes())["keys"]]
    assert found[0] in done.stdout
    return found


@pytest.fixture(autouse=True)
def bob() -> None:
    add("bob")


def test_the_key_before_stays_for_verifying_unless_it_is_to_go_now() -> None:
    [first] = kids()
    second, before = kids()
    assert before == first
    third, before = kids()
    assert before == second
    [fourth] = kids("--now")
    assert len({first, second, third, fourth}) == 4
    assert S_IMODE(KEYS.stat().st_mode) == 0o600
    assert [*Path().glob("*.signing-keys.*")] == []


def test_a_file_that_is_no_key_set_is_left_alone() -> None:
    KEYS.write_text("{}")
    done = CliRunner().invoke(main, ["signing-keys", "rotate"])
    assert (done.exit_code, KEYS.read_text()) == (69, "{}")


def test_a_file_that_others_may_read_is_refused_until_it_is_replaced() -> None:
    kids()
    KEYS.chmod(0o644)
    done = CliRunner().invoke(main, ["signing-keys", "rotate"])
    assert (done.exit_code, done.stdout) == (69, "")
    assert "its mode is 0644: chmod 600" in done.stderr
    [_] = kids("--now")
    assert S_IMODE(KEYS.stat().st_mode) == 0o600
