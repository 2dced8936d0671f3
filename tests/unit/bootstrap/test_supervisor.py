"""What a supervisor does of processes that do not do as they should; the others are in `tests/e2e/test_workers.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = """
import os, signal, sys, time
from ecg_service.bootstrap.supervisor import StartFailed, Supervisor

def dies(place, reins):
    reins.say_started()
    os._exit(3)

def cannot_start(place, reins):
    if place == 1:
        sys.exit(78)
    reins.say_started()
    time.sleep(60)

def hangs(place, reins):
    time.sleep(60)

def stays(place, reins):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    reins.say_started()
    if place == 1:
        os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(60)

def fails_later(place, reins):
    # The first at place 1 dies, and none can follow.
    if place == 1:
        if os.path.exists(sys.argv[2]):
            sys.exit(78)
        open(sys.argv[2], "w").close()
        reins.say_started()
        sys.exit(3)
    reins.say_started()
    time.sleep(2)
    os.kill(os.getppid(), signal.SIGTERM)
    os.kill(os.getppid(), signal.SIGHUP)
    time.sleep(60)

serve = globals()[sys.argv[1]]
supervisor = Supervisor(serve, 2, start_seconds=0.5 if serve is hangs else 30, stop_seconds=0.2)
try:
    supervisor.run(lambda: print("started"), lambda _: None, lambda: print("stopping"))
except StartFailed as error:
    print("cannot start:", error.code)
print("ended")
"""


def supervised(serve: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a supervisor of two processes, in a process of its own, which must be able to fork."""
    command = [sys.executable, "-c", SCRIPT, serve, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("serve", "code"), [("cannot_start", 78), ("hangs", -9)], ids=["exits", "hangs"]
)
def test_the_first_that_cannot_start_ends_all(serve: str, code: int) -> None:
    ended = supervised(serve)
    assert ended.stdout.splitlines() == ["stopping", f"cannot start: {code}", "ended"]


def test_too_many_deaths_end_all() -> None:
    ended = supervised("dies")
    assert ended.stdout.splitlines()[-1] == "stopping"
    assert "RestartLimitExceeded: 21 failures within 10.0 s" in ended.stderr


def test_one_that_cannot_be_replaced_leaves_the_others(tmp_path: Path) -> None:
    ended = supervised("fails_later", str(tmp_path / "died"))
    assert (ended.returncode, ended.stdout.splitlines()) == (0, ["started", "stopping", "ended"])
    assert ended.stderr.count("worker 1 has died: exit code 3") == 1
    assert 1 <= ended.stderr.count("worker 1 cannot start: exit code 78") <= 3  # with pauses


def test_those_that_do_not_end_are_killed() -> None:
    ended = supervised("stays")
    assert ended.stdout.splitlines()[-2:] == ["stopping", "ended"]
    assert ended.stderr.count("does not end, and is killed") == 2
