"""The systemd unit is one that systemd takes and a tight one, the workflow of GitHub one of its schema."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.processes import COMMAND

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "ecg.service"
WORKFLOW = ROOT / ".github" / "workflows" / "ci.yml"
SYSTEMD = shutil.which("systemd-analyze")
EXPOSED = 2.0
"""The exposure by systemd's own scale, 0 to 10, that a hardened service stays below; it calls it OK up to 4."""

needs_systemd = pytest.mark.skipif(SYSTEMD is None, reason="needs systemd-analyze")


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """Return the unit with the command that is installed here."""
    found = tmp_path / UNIT.name
    command = next(shutil.which(one) or one for one in COMMAND)
    found.write_text(UNIT.read_text().replace("/opt/ecg/bin/ecg", command))
    return found


def analysed(*arguments: str | Path) -> str:
    done = subprocess.run(
        [str(SYSTEMD), *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@needs_systemd
def test_systemd_takes_the_unit(unit: Path) -> None:
    assert analysed("verify", "--recursive-errors=no", unit) == ""


@needs_systemd
def test_it_is_hardened(unit: Path) -> None:
    said = analysed("security", "--offline=yes", "--no-pager", unit)
    [exposure] = re.findall(r"exposure level for \S+: ([\d.]+)", said)
    assert float(exposure) < EXPOSED, said


def test_the_workflow_is_one_and_runs_what_ci_runs() -> None:
    check = [Path(sys.executable).with_name("check-jsonschema"), WORKFLOW]
    subprocess.run([*check, "--builtin-schema", "vendor.github-workflows"], check=True)
    [parts] = re.findall(r"^parts=\((.+)\)$", (ROOT / ".ci/run").read_text(), re.MULTILINE)
    text = WORKFLOW.read_text()
    assert f"part: [{', '.join(parts.split())}]\n" in text
    assert ".ci/run ${{ matrix.part }}\n" in text


def test_ci_names_its_parts() -> None:
    done = subprocess.run(
        [ROOT / ".ci/run", "nothing"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no part nothing" in done.stderr
