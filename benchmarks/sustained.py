"""Ingest at full load for minutes, with all insights, beside ingest whose insights are left for later."""

import shutil
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import apsw
import click
from rich.console import Console
from rich.table import Table

from benchmarks.load import requests_per_second, require_wrk
from benchmarks.servers import NONE, running
from benchmarks.workloads import SIZES, body
from ecg_service.adapters.sqlite.engine.sql import execute

TMPFS = Path("/dev/shm")
SERVER_CPU, LOAD_CPU = 0, 1
CONNECTIONS = 32
GOAL = 0.85
ALL, ALONE = "with all insights", "insights left for later"
CANDIDATES: Mapping[str, Mapping[str, str]] = {
    ALL: NONE,
    ALONE: {
        "ECG_CHEAP_INSIGHT_PERCENT": "0",
        "ECG_INSIGHT_PERCENT": "1",
        "ECG_INSIGHT_DELAY_SECONDS": "3600",
        "ECG_MAX_BACKLOG_SECONDS": "86400",
    },
}
PENDING = "SELECT count(*) FROM insights WHERE state != 'done'"


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds under load: ECGs per second, memory at their end, insights that are not done."""

    rate: float
    megabytes: float
    pending: int


@click.command()
@click.option("--size", type=click.Choice([*SIZES]), default="12 x 500", show_default=True)
@click.option("--windows", default=6, show_default=True, help="Measured one after the other.")
@click.option("--seconds", default=10, show_default=True, help="Of load, for each window.")
@click.option("--rounds", default=1, show_default=True, help="Each measures both in turn.")
@click.option("--check", is_flag=True, help="Fail where the goal is missed.")
def sustained(*, size: str, windows: int, seconds: int, rounds: int, check: bool) -> None:
    """Measure what can be kept up, server and load on one core each."""
    require_wrk()
    found: dict[str, list[Window]] = {name: [] for name in CANDIDATES}
    for _ in range(rounds):
        for name, settings in CANDIDATES.items():
            found[name] += _measure(body(SIZES[size]), settings, windows, seconds)
    ratio = _show(size, found)
    if check and ratio < GOAL:
        raise click.ClickException("the goal is missed")


def _measure(
    content: bytes, settings: Mapping[str, str], windows: int, seconds: int
) -> list[Window]:
    folder = Path(tempfile.mkdtemp(prefix=".ecg-bench-", dir=TMPFS))
    try:
        with running("service", SERVER_CPU, folder / "ecg.db", settings) as pid:
            return [_window(folder, content, seconds, pid) for _ in range(windows)]
    finally:
        shutil.rmtree(folder)


def _window(folder: Path, content: bytes, seconds: int, pid: int) -> Window:
    rate = requests_per_second(
        folder, content, connections=CONNECTIONS, seconds=seconds, cpu=LOAD_CPU
    )
    database = apsw.Connection(str(folder / "ecg.db"), apsw.SQLITE_OPEN_READONLY)
    [[pending]] = execute(database, PENDING)
    return Window(rate, _megabytes(pid), int(str(pending)))


def _megabytes(pid: int) -> float:
    """Return the resident memory of a process (Linux)."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 1e6


def _show(size: str, found: Mapping[str, Sequence[Window]]) -> float:
    table = Table("service", "window", "ECGs/s", "MB", "insights not done", title=size)
    for name, windows in found.items():
        for number, one in enumerate(windows, 1):
            rows = (f"{one.rate:,.0f}", f"{one.megabytes:.0f}", f"{one.pending:,}")
            table.add_row(name, str(number), *rows)
    medians = {name: statistics.median(w.rate for w in windows) for name, windows in found.items()}
    ratio = medians[ALL] / medians[ALONE]
    Console().print(table, f"{ratio:.2f} of ingest alone (goal {GOAL})")
    return ratio
