"""Commands of the service in processes of their own, as their users run them."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import ecg_service

PATIENCE = 60.0
LIFETIME = 10 * PATIENCE
"""Many tests may share a service."""

COMMAND = (sys.executable, "-m", "ecg_service")
PACKAGES = (Path(__file__).with_name("without"), Path(ecg_service.__file__).parents[1])


def environment(**more: str) -> dict[str, str]:
    """Return the environment of a command: without our proxies, settings, terminal width and what only tests install."""
    ours = {"PYTHONPATH": os.pathsep.join(map(str, PACKAGES)), "LC_ALL": "C.UTF-8"}
    return {**ours, "ECG_LOG_FORMAT": "console", "ECG_LOG_REQUESTS": "0", **more}


@contextmanager
def running(
    folder: Path, *arguments: str, command: Sequence[str] = COMMAND, **env: str
) -> Generator[subprocess.Popen[str]]:
    """Run a command until the block ends; kill it after `LIFETIME` seconds."""
    with subprocess.Popen(
        [*command, *arguments],
        cwd=folder,
        env=environment(**env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        alarm = threading.Timer(LIFETIME, process.kill)
        alarm.start()
        try:
            yield process
        finally:
            process.terminate()
            process.wait()
            alarm.cancel()


def imported_with(*modules: str) -> set[str]:
    """Return the names of all modules and packages that a process has that imports these."""
    script = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return {*done.stdout.split()}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def eventually(condition: Callable[[], bool]) -> None:
    """Look again and again, but not for ever."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
