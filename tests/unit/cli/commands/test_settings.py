import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ecg_service.cli import main
from ecg_service.settings.reference import options

SECRET = "canary"


def show(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["settings", "show", *arguments])


def test_every_setting_is_shown_with_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ecg.toml").write_text("[edge]\nmax_wait = 7\n")
    monkeypatch.setenv("ECG_PORT", "8001")
    found = {one["name"]: one for one in map(json.loads, show("--json").stdout.splitlines())}
    assert found.keys() == {option.name for option in options()}
    assert found["max_wait"] == {
        "group": "edge",
        "name": "max_wait",
        "value": 7,
        "from": "ecg.toml:2: [edge] max_wait",
    }
    assert (found["port"]["value"], found["port"]["from"]) == (8001, "ECG_PORT")
    assert (found["host"]["value"], found["host"]["from"]) == ("127.0.0.1", "default")


def test_only_what_is_given_is_shown_if_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_PORT", "8001")
    *_, row = show("--changed").stdout.rstrip().splitlines()
    assert row.split() == ["server", "port", "8001", "ECG_PORT"]


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_secret_is_shown(form: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("secret").write_text(f"postgresql://ann:{SECRET}@host/ecg")
    monkeypatch.setenv("ECG_DATABASE_URL_FILE", "secret")
    monkeypatch.setenv("ECG_ADMIN_PASSWORD", SECRET * 2)
    monkeypatch.setenv("ECG_BROKER_URL", f"amqp://ann:{SECRET}@host")
    monkeypatch.setenv("ECG_CACHE_URL", f"redis://:{SECRET}@host")
    shown = show("--changed", *form)
    assert SECRET not in shown.output
    assert "postgresql://ann:***@host/ecg" in shown.stdout
    assert "ECG_DATABASE_URL_FILE" in shown.stdout


def test_what_serve_would_refuse_is_shown_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_HOST", "10.0.0.7")
    for command in (show("--changed"), CliRunner().invoke(main, ["serve"])):
        assert command.exit_code == 78
        assert command.stderr.startswith("Error: ECG_HOST: at 10.0.0.7 ")
    assert "10.0.0.7" in show("--changed").stdout


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("ECG_TLS_CERT", "nowhere.pem", "nowhere.pem: No such file or directory"),
        ("ECG_TLS_KEY", "key.pem", "needs ECG_TLS_CERT beside it"),
        ("ECG_ADMIN_PASSWORD", "unusual-admin", "A password must not be the user name."),
        (
            "ECG_TOKEN_KEYS",
            "ecg.toml",
            "the signing keys in ecg.toml cannot be used: it is no JSON",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_as_by_serve(
    name: str, value: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("ecg.toml").touch(mode=0o600)
    monkeypatch.setenv("ECG_ADMIN_USERNAME", "unusual-admin")
    monkeypatch.setenv(name, value)
    for command in (show("--changed"), CliRunner().invoke(main, ["serve", "--port", "0"])):
        assert command.exit_code == 78
        assert command.stderr == f"Error: {name}: {problem}\n"
    assert not Path("ecg.db").exists()


@pytest.mark.parametrize(
    ("variable", "value", "problem"),
    [
        ("ECG_ADMIN_PASSWORD", "short", "must have at least 8 characters"),
        ("ECG_ADMIN_USERNAME", "a:b", ""),
        ("ECG_CACHE_URL", "http://:secret@host", "'http://:***@host'"),
        ("ECG_QUOTA_URL", "http://:secret@host", "'http://:***@host'"),
    ],
)
def test_the_place_of_a_value_that_breaks_a_rule_is_named(
    variable: str, value: str, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    shown = show()
    assert shown.exit_code == 78
    assert shown.stderr.startswith(f"Error: {variable}: {problem}")
    assert "secret@" not in shown.stderr


RESPELLED = [
    ("ECG_DATABASE_URL", "postgres://ann:canary@host/ecg", "memory://: write postgresql://"),
    ("ECG_DATABASE_URL", "PostgreSQL://host/ecg", ": write postgresql://"),
    ("ECG_DATABASE_URL", "postgresql+asyncpg://host/ecg", ": write postgresql://"),
    (
        "ECG_DATABASE_URL",
        "sqlite://ecg.db",
        ": write sqlite:///ecg.db, or sqlite:////var/lib/ecg.db",
    ),
    ("ECG_DATABASE_URL", "sqlite+aiosqlite:///ecg.db", ": write sqlite:///ecg.db, or "),
    ("ECG_DATABASE_URL", "sqlite:ecg.db", ": write sqlite:///ecg.db, or "),
    ("ECG_DATABASE_URL", "sqlite:///ecg.db?mode=ro", ": write ? in PATH as %3F"),
    ("ECG_CACHE_URL", "redis+tls://:canary@host", ": write rediss://"),
    ("ECG_QUOTA_URL", "redis+socket:///run/redis.sock", ": write unix://"),
    ("ECG_QUOTA_URL", "valkey://host", ": write redis://"),
    ("ECG_BROKER_URL", "amqp+ssl://ann:canary@host", ": write amqps://"),
    ("ECG_BROKER_URL", "rabbitmq://ann:canary@host", ": write amqp://"),
]


@pytest.mark.parametrize(("variable", "url", "told"), RESPELLED)
def test_a_url_as_it_is_written_elsewhere_is_told_how_it_is_written_here(
    variable: str, url: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, url)
    refused = show()
    assert refused.exit_code == 78
    assert told in refused.stderr
    assert SECRET not in refused.stderr


OTHERS = [
    ("ECG_DATABASE_URL", "mysql://host/ecg"),
    ("ECG_DATABASE_URL", "sqlite:///"),
    ("ECG_DATABASE_URL", "postgres"),
    ("ECG_CACHE_URL", "redis://host/?what=1"),
    ("ECG_BROKER_URL", "redis://host"),
]


@pytest.mark.parametrize(("variable", "url"), OTHERS)
def test_a_url_of_something_else_is_not_respelled(
    variable: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, url)
    refused = show()
    assert (refused.exit_code, ": write" in refused.stderr) == (78, False)
