"""Several workers beside one, on the same cores, which they share with their load."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from benchmarks.service.load.wrk import Request, load, require_wrk
from benchmarks.service.servers.processes import (
    LOAD_CPU,
    SERVER_CPU,
    children,
    processor_seconds,
)
from benchmarks.service.servers.running import LATER, Running, running
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body

CPUS = frozenset({SERVER_CPU, LOAD_CPU})
CONNECTIONS = 32
"""For each worker, so that all of them store batches of the same size."""
PATIENT = {"ECG_MAX_BYTES_IN_FLIGHT": "2000000000", "ECG_INGEST_WAIT_SECONDS": "5"}
"""So that nothing of one user is refused, however many share the cores."""
RATE_GOAL, COST_GOAL = 1.4, 1.2


@dataclass(frozen=True, slots=True)
class Measured:
    """ECGs per second, and the processor time of one in microseconds."""

    rate: float
    cost: float


@click.command()
@click.option("--size", type=click.Choice([*SIZES]), default="12 x 500", show_default=True)
@click.option("--rounds", default=5, show_default=True)
@click.option(
    "--seconds", default=5, show_default=True, help="Of load, for each number of workers."
)
@click.option("--workers", multiple=True, type=int, default=(1, 2, 4), show_default=True)
@click.option("--disk", is_flag=True, help="Keep the databases here, not in memory.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def workers(
    *, size: str, rounds: int, seconds: int, workers: Sequence[int], disk: bool, check: bool
) -> None:
    """Measure rate and processor time of one worker and of several, in turns, medians of the rounds.

    Insights that are not computed at ingest are left for later: in idle moments one worker would
    compute them for nothing.
    """
    require_wrk()
    found: dict[int, list[Measured]] = {number: [] for number in workers}
    for _ in range(rounds):
        for number in workers:
            with folder(on_disk=disk) as place:
                found[number].append(_measure(number, place / "ecg.db", size, seconds))
    medians = {number: _median(measured) for number, measured in found.items()}
    missed = _show(size, medians)
    if check and missed:
        raise click.ClickException(f"missed: {'; '.join(missed)}")


def _measure(number: int, database: Path, size: str, seconds: int) -> Measured:
    settings = {**LATER, **PATIENT, "ECG_WORKERS": str(number)}
    content = body(SIZES[size])
    headers = {"Content-Type": "application/json"}
    request = Request(body=content, headers=headers, connections=CONNECTIONS * number)
    with running("serve", database, settings, cpus=CPUS) as server:
        load(server, request, 1, cpus=CPUS)
        before = _spent(server)
        done = load(server, request, seconds, cpus=CPUS)
        spent = _spent(server) - before
    return Measured(done.requests / done.seconds, 1e6 * spent / done.requests)


def _spent(server: Running) -> float:
    return sum(map(processor_seconds, [server.pid, *children(server.pid)]))


def _median(measured: Sequence[Measured]) -> Measured:
    rates, costs = ([one.rate for one in measured], [one.cost for one in measured])
    return Measured(statistics.median(rates), statistics.median(costs))


def _show(size: str, found: Mapping[int, Measured]) -> list[str]:
    """Print a table; return what misses a goal."""
    table = Table("workers", "ECGs/s", "x one", "µs of a processor for each", "x one", title=size)
    one, missed = found[min(found)], list[str]()
    for number, measured in found.items():
        rate, cost = measured.rate / one.rate, measured.cost / one.cost
        figures = (f"{measured.rate:,.0f}", f"{rate:.2f}", f"{measured.cost:.0f}", f"{cost:.2f}")
        table.add_row(str(number), *figures)
        if number == len(CPUS) and rate < RATE_GOAL:
            missed.append(f"rate of {number}: {rate:.2f} (goal {RATE_GOAL})")
        if cost > COST_GOAL:
            missed.append(f"processor time with {number}: {cost:.2f} (goal {COST_GOAL})")
    Console().print(table)
    return missed
