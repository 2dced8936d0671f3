"""Several services and workers as one: on this machine, and as the files for containers have it."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from ecg_service.cli import main
from tests.e2e.service import running
from tests.postgres import require_postgres
from tests.processes import PATIENCE
from tests.rabbitmq import require_rabbitmq
from tests.redis import require_redis

HOME = Path(__file__).parents[2]


def test_services_and_workers_share_one_job_and_stop() -> None:
    require_postgres()
    require_redis()
    require_rabbitmq()
    command = (sys.executable, "-m", "tests.cluster")
    done = subprocess.run(
        command, cwd=HOME, capture_output=True, text=True, timeout=3 * PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "PTB Diagnostic ECG Database" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines() if "one " in line or "two " in line]
    assert [row[:2] for row in rows] == [
        [k, n] for k in ("service", "worker") for n in ("one", "two")
    ]
    assert [row[-1] for row in rows] == ["0"] * 4
    assert [row[2] for row in rows[:2]] == ["10", "10"]
    assert sum(int(row[4]) for row in rows[2:]) >= 2 * 10 + 1


def lint(*command: str) -> None:
    program = shutil.which(command[0], path=Path(sys.executable).parent)
    assert program
    done = subprocess.run(
        (program, *command[1:]), cwd=HOME, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_files_for_containers_are_well_formed() -> None:
    lint("hadolint", "--failure-threshold", "info", "Dockerfile")
    lint("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "compose.yaml")


def test_the_settings_of_containers_are_allowed() -> None:
    files = (HOME / "Dockerfile").read_text() + (HOME / "compose.yaml").read_text()
    found = re.findall(
        r"(ECG_[A-Z_]+)(?:=|: )\"?([^\s\"]+)", re.sub(r"\$\{\w+:\?\}", "long-secret", files)
    )
    assert len(found) == 8
    shown = CliRunner().invoke(main, ["settings", "show", "--json"], env=dict(found))
    assert shown.exit_code == 0, shown.output


async def test_the_health_check_of_containers_tells_who_is_ready(tmp_path: Path) -> None:
    check = (HOME / "Dockerfile").read_text().partition("HEALTHCHECK")[2]
    found = re.search(r"CMD (\[.*\])", check)
    assert found
    _, *arguments = json.loads(found[1])
    async with running(tmp_path, database_url="memory://") as service:
        command = [
            sys.executable,
            *(part.replace("8000", str(service.address[1])) for part in arguments),
        ]
        assert "/health/ready" in command[-1]
        assert subprocess.run(command, capture_output=True, check=False).returncode == 0  # noqa: ASYNC221
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0  # noqa: ASYNC221
