"""A server of the tests' own: a process that they may stop, kill and let hang."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.processes import PATIENCE, eventually

POWERLESS = "nobody" if os.geteuid() == 0 else None
"""Who runs servers that refuse to be run by root."""


def program(name: str, *folders: str, package: str) -> str:
    """Return the path of a program; skip the test if it is not installed."""
    path = os.pathsep.join([*folders, os.environ["PATH"]])
    if found := shutil.which(name, path=path):
        return found
    pytest.skip(f"needs {name} (in Debian: {package}), to start a server for the test")


@contextmanager
def folder_of_nobody() -> Generator[Path]:
    """Make a folder that the server's user owns, and can reach; remove it after the block."""
    with tempfile.TemporaryDirectory(prefix="ecg-server-", ignore_cleanup_errors=True) as name:
        give(Path(name))
        yield Path(name)


def give(*paths: Path) -> None:
    """Give files to the user that runs servers."""
    for path in paths:
        if POWERLESS:
            shutil.chown(path, POWERLESS)


def run(command: Sequence[str], folder: Path, **env: str) -> str:
    """Run a program to its end as the server's user; return what it prints."""
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], **env},
        user=POWERLESS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass
class Process:
    """A process and all that it starts, one session of the system."""

    _process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def start(self, command: Sequence[str], folder: Path, env: Mapping[str, str]) -> None:
        """Start it; what it prints goes to the file `log` of its folder."""
        with (folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=folder,
                env={"PATH": os.environ["PATH"], **env},
                user=POWERLESS,
                start_new_session=True,
                stdout=log,
                stderr=log,
            )

    def send(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the session."""
        for pid in self.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def stop(self, number: signal.Signals) -> None:
        """Send a signal to the first process, and wait for its end."""
        assert self._process
        self._process.send_signal(number)
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """Kill all processes that it has started, and wait for their ends."""
        if self._process and self._process.poll() is None:
            pids = self.pids()
            self.send(signal.SIGKILL)
            self._process.wait(PATIENCE)
            eventually(lambda: not any(map(_runs, pids)))

    def pids(self) -> list[int]:
        """Return the process and its descendants, also those that left its session."""
        parents = {pid: int(fields[1]) for pid, fields in _processes()}
        found = [self.pid]
        for one in found:
            found += [pid for pid, parent in parents.items() if parent == one]
        return found


def _processes() -> Generator[tuple[int, list[str]]]:
    """Yield the number of each process, and what /proc says from its state on."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            yield int(stat.parent.name), stat.read_text().rpartition(")")[2].split()


def _runs(pid: int) -> bool:
    return any(pid == one and fields[0] != "Z" for one, fields in _processes())


def is_open(port: int) -> bool:
    """Whether somebody listens."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False
