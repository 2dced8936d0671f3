import pytest
from click.testing import CliRunner

from ecg_service.cli import main
from tests.processes import imported_with


@pytest.mark.parametrize("url", ["sqlite:///ecg.db", "memory://"])
def test_on_a_database_of_one_process_a_worker_is_refused(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ECG_TASKS", "celery")
    result = CliRunner().invoke(main, ["worker", "--database-url", url])
    assert result.exit_code == 78
    assert "ECG_TASKS: workers cannot share" in result.stderr


def test_without_celery_there_is_nothing_for_a_worker_to_do() -> None:
    result = CliRunner().invoke(main, ["worker", "--database-url", "postgresql://localhost/ecg"])
    assert result.exit_code == 78
    assert "ECG_TASKS: is in-process, and workers are for celery" in result.stderr


def test_a_setting_that_is_wrong_is_named_with_all_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECG_TASKS", "rabbitmq")
    monkeypatch.setenv("ECG_BROKER_URL", "redis://:secret@host")
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 78
    assert "ECG_TASKS: 'rabbitmq' is not in-process or celery" in result.stderr
    assert "ECG_BROKER_URL: 'redis://:***@host' begins with neither" in result.stderr


def test_who_does_not_use_celery_does_not_import_it() -> None:
    serving = ("bootstrap.server", "bootstrap.computing", "cli.commands.serve")
    imported = imported_with(*(f"ecg_service.{module}" for module in serving))
    assert imported & {"celery", "kombu", "amqp"} == set()
