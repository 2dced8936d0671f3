import pytest
from click.testing import CliRunner

from ecg_service import __version__
from ecg_service.cli import main
from ecg_service.cli.exits import MEANINGS
from ecg_service.cli.main import MODULES
from tests.processes import imported_with

SERVING = {"serve", "demo", "worker", "settings"}
"""Commands that serve, or check what serving would."""
ASKING = {"send", "export", "status"}
"""Commands that ask a service over HTTP."""


@pytest.mark.parametrize("option", ["-h", "--help"])
def test_help_lists_every_exit_code(option: str) -> None:
    result = CliRunner().invoke(main, [option], terminal_width=200)
    assert result.exit_code == 0
    for code, meaning in MEANINGS.items():
        assert f"{code}  {meaning}\n" in result.stdout


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "demo",
        "send",
        "users",
        "users add",
        "users list",
        "db",
        "db migrate",
        "db check",
        "db backup",
        "db restore",
    ],
)
def test_every_command_explains_itself(command: str) -> None:
    result = CliRunner().invoke(main, [*command.split(), "-h"])
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: main {command}")


def test_the_version_is_that_of_the_package() -> None:
    result = CliRunner().invoke(main, ["--version"], prog_name="ecg")
    assert result.stdout == f"ecg, version {__version__}\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["fly"],
        ["serve", "--port", "65536"],
        ["serve", "--port", "x"],
        ["users", "add"],
        ["users", "add", "bob", "--password", "hunter22"],
        ["send"],
        ["send", "a.json"],
        ["send", "--username", "bob", "--url", "localhost:8000", "a.json"],
        ["send", "--username", "bob", "--url", "http://", "a.json"],
        ["send", "--username", "bob", "--jobs", "0", "a.json"],
        ["send", "--username", "bob", "--jobs", "65", "a.json"],
        ["send", "--username", "bob", "a.json"],
        ["send", "--username", "bob", "-", "--password-file", "-"],
        ["demo", "--port", "-1"],
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments: list[str]) -> None:
    result = CliRunner(env={"ECG_USERNAME": None, "ECG_PASSWORD": None}).invoke(main, arguments)
    assert result.exit_code == 2
    assert "Error: " in result.stderr
    assert result.stdout == ""


def test_standard_input_is_sent_once() -> None:
    env = {"ECG_USERNAME": "bob", "ECG_PASSWORD": "correct horse"}
    result = CliRunner(env=env).invoke(main, ["send", "-", "-"])
    assert result.exit_code == 2
    assert "Standard input (-) can be sent once only." in result.stderr


@pytest.mark.parametrize(
    ("commands", "slow"),
    [
        (MODULES.keys() - SERVING, {"litestar", "uvicorn"}),
        (MODULES.keys() - SERVING - ASKING, {"httpx", "litestar", "uvicorn"}),
        ({"serve", "worker"}, {"httpx", "markdown_it"}),
    ],
)
def test_a_command_imports_what_it_needs(commands: set[str], slow: set[str]) -> None:
    modules = [MODULES[name] for name in commands]
    assert imported_with("ecg_service.cli.main", *modules) & slow == set()


@pytest.mark.parametrize(("typed", "meant"), [("srve", "serve"), ("db backp", "backup")])
def test_a_command_that_is_not_there_is_told_with_the_nearest(typed: str, meant: str) -> None:
    done = CliRunner().invoke(main, typed.split())
    assert done.exit_code == 2
    assert f"{typed.split()[-1]}: no such command; the nearest is {meant}" in done.output
