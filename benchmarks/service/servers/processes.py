"""Processes on a core of their own, and the processor time that they take."""

import os
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

SERVER_CPU, LOAD_CPU = 0, 1
PATIENCE = 60.0


@contextmanager
def process(
    command: Sequence[str], environment: Mapping[str, str]
) -> Generator[subprocess.Popen[bytes]]:
    """Run a server on its core until the end of the block."""
    with pinned(SERVER_CPU):
        server = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        yield server
    finally:
        server.terminate()
        server.wait(PATIENCE)


@contextmanager
def pinned(cpu: int) -> Generator[None]:
    """Keep this process, and those that it starts, on one core, where the system can (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {cpu})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_seconds(pid: int) -> float:
    """Return what all threads of a process have taken so far (Linux)."""
    return time.clock_gettime((~pid << 3) | 2)  # the clock of clock_getcpuclockid(3)


def megabytes(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
