"""Measures rows in turn: each round starts every server once, with an empty database."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from rich.progress import track

from benchmarks.service.load.wrk import Request, load
from benchmarks.service.rows import Comparison, Host, Row
from benchmarks.service.servers.processes import processor_seconds
from benchmarks.service.servers.running import NONE, Running, running
from benchmarks.service.servers.stores import HOUR, folder, store_examples, wait_for_insights
from benchmarks.workloads import SIZES


@dataclass(frozen=True, slots=True)
class Measured:
    """ECGs per second, insights included, and the processor's microseconds for one."""

    rate: float
    microseconds: float


Case = tuple[Row, str]
"""A row at a size."""
Found = dict[Case, list[Measured]]


def measure(comparisons: Sequence[Comparison], rounds: int, seconds: int) -> Found:
    cases = cases_of(comparisons)
    found: Found = {case: [] for case in cases}
    for _ in track(range(rounds), "measuring", transient=True):
        for host, of_host in groupby(cases, lambda case: case[0].host):
            _visit(host, [*of_host], seconds, found)
    return found


def cases_of(comparisons: Iterable[Comparison]) -> list[Case]:
    """Return each case once, those of a host together, and in these those of a size."""
    both = ((row, c.goals) for c in comparisons for row in (c.row, c.beside))
    cases = dict.fromkeys((row, size) for row, sizes in both for size in sizes)
    hosts, sizes = [*dict.fromkeys(row.host for row, _ in cases)], [*SIZES, HOUR]
    return sorted(cases, key=lambda case: (hosts.index(case[0].host), sizes.index(case[1])))


def _visit(host: Host, cases: Sequence[Case], seconds: int, found: Found) -> None:
    with folder(on_disk=host.on_disk) as place:
        database = place / "ecg.db"
        with running(host.server, database, host.settings) as server:
            ids = store_examples(server) if host.is_service else NONE
            for row, size in cases:
                request = row.request(size, ids.get(size, ""))
                awaited = database if host.has_insights else None
                found[row, size].append(_measure(server, request, seconds, awaited))


def _measure(server: Running, request: Request, seconds: int, awaited: Path | None) -> Measured:
    """Count the time until all insights are done too: what cannot be kept up is no rate."""
    before = processor_seconds(server.pid)
    loaded = load(server, request, seconds)
    end = time.perf_counter()
    if awaited is not None:
        wait_for_insights(awaited)
    late = time.perf_counter() - end
    ecgs = loaded.requests * request.items
    taken = processor_seconds(server.pid) - before
    return Measured(ecgs / (loaded.seconds + late), 1e6 * taken / ecgs)
