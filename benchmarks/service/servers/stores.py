"""Databases of benchmarks: where they are, what is put into them, and what is not done."""

import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import httpx

from benchmarks.service.servers.running import USER, Running
from benchmarks.workloads import SIZES, body
from ecg_service.adapters.sqlite.engine.sql import execute

MEMORY = Path("/dev/shm")
PENDING = "SELECT count(*) FROM insights WHERE state = 'pending'"
RUNNING = "SELECT count(*) FROM insights WHERE state = 'running'"
"""Each has an index, so that asking takes no longer when many are done."""
PATIENCE = 120.0
HOUR = "an hour of one lead"
HOUR_OF_SAMPLES = 3600 * 500


@contextmanager
def folder(*, on_disk: bool = False) -> Generator[Path]:
    """Yield a new folder here, or in memory where the system has such a place."""
    parent = Path.cwd() if on_disk else MEMORY if MEMORY.is_dir() else None
    path = Path(tempfile.mkdtemp(prefix=".ecg-bench-", dir=parent))
    try:
        yield path
    finally:
        shutil.rmtree(path)


def pending(database: Path) -> int:
    """Return how many insights are not done."""
    with closing(apsw.Connection(str(database), apsw.SQLITE_OPEN_READONLY)) as connection:
        counts = [execute(connection, each)[0][0] for each in (PENDING, RUNNING)]
    return sum(int(str(count)) for count in counts)


def wait_for_insights(database: Path) -> None:
    end = time.monotonic() + PATIENCE
    while pending(database):
        if time.monotonic() > end:
            msg = "the insights were not done in time"
            raise TimeoutError(msg)
        time.sleep(0.01)


def store_examples(server: Running) -> Mapping[str, str]:
    """Store an ECG of each size; return their ids."""
    bodies = {size: body(samples) for size, samples in SIZES.items()} | {HOUR: _hour()}
    return {size: _store(server, content) for size, content in bodies.items()}


def _hour() -> bytes:
    signal = ",".join(str(n * 7919 % 4096 - 2048) for n in range(HOUR_OF_SAMPLES))
    return b'{"leads":[{"name":"II","signal":[%b]}]}' % signal.encode()


def _store(server: Running, content: bytes) -> str:
    headers = {"Content-Type": "application/json"}
    url = f"{server.url}/ecg"
    answer = httpx.post(url, content=content, auth=USER, headers=headers, trust_env=False)
    return answer.raise_for_status().json()["ecg_id"]
