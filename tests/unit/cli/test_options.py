from pathlib import Path

import pytest
from click.testing import CliRunner

from ecg_service.cli import main
from ecg_service.cli.options import configured


def test_options_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_HOST", "0.0.0.0")
    monkeypatch.setenv("ECG_PORT", "8001")
    settings = configured(host=None, port=8002)
    assert (settings.server.host, settings.server.port) == ("0.0.0.0", 8002)


@pytest.mark.parametrize("command", ["serve", "users list", "db migrate", "db check"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ECG_PORT", "eighty"),
        ("ECG_PORT", "65536"),
        ("ECG_INGEST_BATCH", "1.5"),
        ("ECG_DATABASE_URL", "postgres://localhost/ecg"),
        ("ECG_DATABASE_URL", "ecg.db"),
    ],
)
def test_a_wrong_setting_is_named(
    command: str, name: str, value: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(main, command.split())
    assert result.exit_code == 78
    assert result.stderr.startswith("Error: ")
    assert name in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_all_wrong_settings_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_PORT", "eighty")
    monkeypatch.setenv("ECG_MAX_WAIT", "long")
    result = CliRunner().invoke(main, ["serve"])
    assert "ECG_PORT: 'eighty' is not a whole number from 0 to 65535" in result.stderr
    assert "ECG_MAX_WAIT: 'long' is not a whole number from 0" in result.stderr


@pytest.mark.parametrize("command", ["users list", "db migrate", "db check"])
def test_there_is_nothing_to_act_on_in_memory(command: str) -> None:
    result = CliRunner().invoke(main, [*command.split(), "--database-url", "memory://"])
    assert result.exit_code == 78
    assert "ECG_DATABASE_URL" in result.stderr


@pytest.mark.parametrize("command", ["users list", "users disable bob", "db check"])
def test_a_mistyped_database_is_not_created(command: str, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/nothing.db"
    result = CliRunner().invoke(main, [*command.split(), "--database-url", url])
    assert result.exit_code == 69
    assert "there is no database" in result.stderr
    assert list(tmp_path.iterdir()) == []
