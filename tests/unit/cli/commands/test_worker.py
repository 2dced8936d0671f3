import subprocess
import sys

import pytest
from click.testing import CliRunner

from ecg_service.cli import main
from tests.processes import environment


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
    script = """
import sys
import ecg_service.bootstrap.server, ecg_service.bootstrap.computing, ecg_service.cli.commands.serve
sys.exit(", ".join({"celery", "kombu", "amqp"} & {*sys.modules}) or None)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
