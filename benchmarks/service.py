"""Durable, authenticated `POST /ecg` beside an empty Litestar handler that only reads the body."""

import json
import shutil
import statistics
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.load import requests_per_second, require_wrk
from benchmarks.servers import running
from benchmarks.workloads import SIZES, body

GOALS = {"12 x 5,000": 0.25, "12 x 500": 0.45}
TMPFS = Path("/dev/shm")
SERVER_CPU, LOAD_CPU = 0, 1
CONNECTIONS = 32
BATCH, BATCH_CONNECTIONS = 100, 2
EMPTY, BATCHES = "empty handler", f"batches of {BATCH}, tmpfs"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server, in which folder it stores, if it does, and how many ECGs there are in a request."""

    name: str
    server: str
    folder: Path | None = None
    items: int = 1


@dataclass(frozen=True, slots=True)
class Row:
    """ECGs per second at one size, one figure a round, and the median's ratio to EMPTY's."""

    size: str
    candidate: str
    rates: Sequence[float]
    ratio: float


@click.command()
@click.option("--rounds", default=5, show_default=True, help="Each measures every candidate once.")
@click.option("--seconds", default=4, show_default=True, help="Of load, for each measurement.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the rows here too."
)
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def service(*, rounds: int, seconds: int, json_file: Path | None, check: bool) -> None:
    """Measure ingest, server and load on one core each, in turn, medians of all rounds."""
    require_wrk()
    rows = [row for size in SIZES for row in _measure(size, rounds, seconds)]
    _show(rows)
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    if check and any(_missed(row) for row in rows):
        raise click.ClickException("a goal is missed")


def _candidates() -> list[Candidate]:
    return [
        Candidate(EMPTY, "empty"),
        Candidate("service, tmpfs", "service", TMPFS),
        Candidate("service, disk", "service", Path.cwd()),
        Candidate(BATCHES, "service", TMPFS, BATCH),
    ]


def _measure(size: str, rounds: int, seconds: int) -> list[Row]:
    content, candidates = body(SIZES[size]), _candidates()
    rates: dict[str, list[float]] = {candidate.name: [] for candidate in candidates}
    for _ in range(rounds):
        for candidate in candidates:
            rates[candidate.name].append(_rate(candidate, content, seconds))
    base = statistics.median(rates[EMPTY])
    return [
        Row(size, name, found, statistics.median(found) / base) for name, found in rates.items()
    ]


def _rate(candidate: Candidate, content: bytes, seconds: int) -> float:
    folder = Path(tempfile.mkdtemp(prefix=".ecg-bench-", dir=candidate.folder))
    database = folder / "ecg.db" if candidate.folder else None
    try:
        with running(candidate.server, SERVER_CPU, database):
            if candidate.items == 1:
                return requests_per_second(
                    folder, content, connections=CONNECTIONS, seconds=seconds, cpu=LOAD_CPU
                )
            return candidate.items * requests_per_second(
                folder,
                candidate.items * (content + b"\n"),
                connections=BATCH_CONNECTIONS,
                seconds=seconds,
                cpu=LOAD_CPU,
                path="/ecg/batch",
                media_type="application/x-ndjson",
            )
    finally:
        shutil.rmtree(folder)


def _missed(row: Row) -> bool:
    return row.candidate == "service, tmpfs" and row.ratio < GOALS[row.size]


def _show(rows: Sequence[Row]) -> None:
    table = Table("size", "server", "ECGs/s", "least", "greatest", "of the empty handler")
    for row in rows:
        goal = f" (goal {GOALS[row.size]})" if row.candidate == "service, tmpfs" else ""
        median, least, greatest = statistics.median(row.rates), min(row.rates), max(row.rates)
        rates = (f"{rate:,.0f}" for rate in (median, least, greatest))
        table.add_row(row.size, row.candidate, *rates, f"{row.ratio:.2f}{goal}")
    Console().print(table)
