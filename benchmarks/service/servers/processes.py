"""Processes on a core of their own, and the processor time that they take."""

import os
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from pathlib import Path

SERVER_CPU, LOAD_CPU = 0, 1
PATIENCE = 60.0


@contextmanager
def process(
    command: Sequence[str],
    environment: Mapping[str, str],
    cpus: AbstractSet[int],
    *,
    logs: bool,
) -> Generator[subprocess.Popen[bytes]]:
    """Run a server on its cores until the end of the block; drop what it `logs`."""
    stderr = subprocess.DEVNULL if logs else None
    with pinned(cpus):
        server = subprocess.Popen(command, env={**os.environ, **environment}, stderr=stderr)
    try:
        yield server
    finally:
        server.terminate()
        server.wait(PATIENCE)


@contextmanager
def pinned(cpus: AbstractSet[int]) -> Generator[None]:
    """Keep this process, and those that it starts, on these cores, where the system can (Linux)."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cpus)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def processor_seconds(pid: int) -> float:
    """Return what all threads of a process have taken so far (Linux)."""
    return time.clock_gettime((~pid << 3) | 2)  # the clock of clock_getcpuclockid(3)


def children(pid: int) -> list[int]:
    """Return the processes that a process has started, and that have not ended (Linux)."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def megabytes(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
