"""Ingest at full load for minutes by the service as it is run: with log, metrics and audit trail, and all insights.

Beside it the same whose insights are left for later, and the application alone. Then each at half of
its load, for the latency that clients see where there is room.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.service.load.wrk import Load, Request, load, require_wrk
from benchmarks.service.servers.processes import megabytes
from benchmarks.service.servers.running import LATER, NONE, Running, running
from benchmarks.service.servers.stores import folder, pending
from benchmarks.workloads import SIZES, body

GOAL, GROWTH, LATENCY = 0.85, 1.1, 0.010
OBSERVED: Mapping[str, str] = {"ECG_AUDIT": "on", "ECG_METRICS_TOKEN": "benchmark-metrics-token"}
ALL, ALONE, BARE = "with all insights", "insights left for later", "no log, metrics or audit"
CANDIDATES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    ALL: ("serve", OBSERVED),
    ALONE: ("serve", {**OBSERVED, **LATER}),
    BARE: ("service", NONE),
}
CALM_CONNECTIONS = 64


@dataclass(frozen=True, slots=True)
class Window:
    """Some seconds under load: ECGs per second, and at their end memory and insights not done."""

    rate: float
    ecgs: int
    megabytes: float
    pending: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept up, and the load and latency of about half of it."""

    windows: Sequence[Window]
    half: Load

    @property
    def rate(self) -> float:
        return statistics.median(window.rate for window in self.windows)

    @property
    def growth(self) -> float:
        """How many times what it was after a quarter of the time the memory is at the end."""
        return self.windows[-1].megabytes / self.windows[len(self.windows) // 4].megabytes


@click.command()
@click.option("--size", type=click.Choice([*SIZES]), default="12 x 500", show_default=True)
@click.option("--windows", default=6, show_default=True, help="Measured one after the other.")
@click.option("--seconds", default=10, show_default=True, help="Of load, for each window.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def sustained(*, size: str, windows: int, seconds: int, check: bool) -> None:
    """Measure what can be kept up, server and load on one core each; 20 windows are a million."""
    require_wrk()
    request = Request(body=body(SIZES[size]), headers={"Content-Type": "application/json"})
    found = {name: _keep_up(request, host, windows, seconds) for name, host in CANDIDATES.items()}
    _show(size, found)
    missed = [line for line, is_met in _goals(found) if not is_met]
    if check and missed:
        raise click.ClickException(f"missed: {'; '.join(missed)}")


def _keep_up(
    request: Request, host: tuple[str, Mapping[str, str]], windows: int, seconds: int
) -> Kept:
    name, settings = host
    with folder() as place, running(name, place / "ecg.db", settings) as server:
        database = place / "ecg.db"
        kept = [_window(server, request, seconds, database) for _ in range(windows)]
        rate = statistics.median(window.rate for window in kept)
        calm = Request(request.path, request.body, request.headers, connections=CALM_CONNECTIONS)
        return Kept(kept, load(server, calm, seconds, pause=2 * CALM_CONNECTIONS / rate))


def _window(server: Running, request: Request, seconds: int, database: Path) -> Window:
    done = load(server, request, seconds)
    rate = done.requests / done.seconds
    return Window(rate, done.requests, megabytes(server.pid), pending(database))


def _show(size: str, found: Mapping[str, Kept]) -> None:
    table = Table("service", "ECGs so far", "ECGs/s", "MB", "insights not done", title=size)
    for name, kept in found.items():
        ecgs = 0
        for one in kept.windows:
            ecgs += one.ecgs
            figures = (f"{ecgs:,}", f"{one.rate:,.0f}", f"{one.megabytes:.0f}", f"{one.pending:,}")
            table.add_row(name, *figures)
    Console().print(table, *(line for line, _ in _goals(found)), sep="\n")


def _goals(found: Mapping[str, Kept]) -> list[tuple[str, bool]]:
    kept = found[ALL]
    ratio, half = kept.rate / found[ALONE].rate, kept.half
    share = half.requests / half.seconds / kept.rate
    late, goal = f"{1000 * half.p99:.1f} ms at {share:.0%} of the rate", 1000 * LATENCY
    return [
        (f"{ratio:.2f} of ingest alone (goal {GOAL})", ratio >= GOAL),
        (f"{kept.rate / found[BARE].rate:.2f} of the application alone", True),
        (f"memory x {kept.growth:.2f} since a quarter (goal {GROWTH})", kept.growth <= GROWTH),
        (f"99 % within {late} (goal {goal:.0f} ms)", half.p99 <= LATENCY),
    ]
