"""`just bench growth`: what long ECGs cost for a sample, and what requests take with many stored."""

import statistics
from collections.abc import Iterator, Sequence

import click
from rich.console import Console
from rich.table import Table

from benchmarks.service.filled import FEW, Pairs, measure
from benchmarks.service.load.client import connected
from benchmarks.service.load.wrk import Request
from benchmarks.service.rows import JSON
from benchmarks.service.servers.processes import LOAD_CPU, pinned, processor_seconds
from benchmarks.service.servers.running import running
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import body

LEADS = 12
SAMPLES = (50, 500, 5_000, 50_000, 500_000)
STORED = (1_000, 10_000, 100_000, 1_000_000)
FLAT = 1.2
AT_LEAST = 1_200_000
"""Samples of all leads that a measurement takes in, in as many ECGs as that needs."""
SETTINGS = {"ECG_MAX_BODY_BYTES": "100000000"}

Goals = Iterator[tuple[str, float]]
"""What should be flat, and how many times as much it takes."""


@click.command()
@click.option("--most", default=STORED[-1], show_default=True, help="ECGs of 12 x 50 to store.")
@click.option("--rounds", default=15, show_default=True, help="Each measures everything once.")
@click.option("--check", is_flag=True, help="Fail where something is not flat.")
def growth(*, most: int, rounds: int, check: bool) -> None:
    """Measure the cost of a sample in short and long ECGs, and requests with few and many stored."""
    with pinned({LOAD_CPU}):
        grown = [*_show_sizes(_sizes(rounds)), *_show_stored(most, rounds)]
    missed = [name for name, times in grown if times > FLAT]
    if check and missed:
        raise click.ClickException(f"not flat within {FLAT}: {', '.join(missed)}")


def _sizes(rounds: int) -> Sequence[float]:
    """Return for each size the least that an ECG takes of the processor, in seconds."""
    least = [float("inf")] * len(SAMPLES)
    requests = [Request(body=body(each), headers={"Content-Type": JSON}) for each in SAMPLES]
    with (
        folder() as place,
        running("service", place / "ecg.db", SETTINGS) as server,
        connected(server) as client,
    ):
        for _ in range(rounds):
            for number, request in enumerate(requests):
                times = max(1, AT_LEAST // (LEADS * SAMPLES[number]))
                before = processor_seconds(server.pid)
                for _ in range(times):
                    client.seconds(request)
                taken = (processor_seconds(server.pid) - before) / times
                least[number] = min(least[number], taken)
    return least


def _show_sizes(least: Sequence[float]) -> Goals:
    columns = ("samples", "ns for a sample", "of the size before", "µs for the ECG")
    table, before = Table(*columns, caption="of the processor; one ECG at a time"), 0.0
    for samples, seconds in zip(SAMPLES, least, strict=True):
        each = 1e9 * seconds / (LEADS * samples)
        times = each / before if before else 1.0
        size = f"{LEADS} x {samples:,}"
        table.add_row(size, f"{each:,.1f}", f"{times:.2f}", f"{1e6 * seconds:,.0f}")
        yield size, times
        before = each
    Console().print(table)


def _show_stored(most: int, rounds: int) -> Goals:
    """Show each number as soon as it is measured: filling takes minutes."""
    columns = ("request", f"of that with {FEW:,}", "by processor time", "ms", "beside")
    counts = [count for count in STORED if count < most] + [most]
    for count, found in measure(counts, rounds):
        caption = "medians of the rounds; one request at a time"
        table = Table(*columns, title=f"{count:,} stored", caption=caption)
        for name, times, *figures in _medians(found):
            table.add_row(name, f"{times:.2f}", *figures)
            yield f"{name} with {count:,} stored", times
        Console().print(table)


def _medians(found: Pairs) -> Iterator[tuple[str, float, str, str, str]]:
    for name, pairs in found.items():
        times = statistics.median(many.latency / few.latency for many, few in pairs)
        by_processor = statistics.median(many.processor / few.processor for many, few in pairs)
        both = zip(*((many.latency, few.latency) for many, few in pairs), strict=True)
        many, few = (f"{1000 * statistics.median(latencies):.2f}" for latencies in both)
        yield name, times, f"{by_processor:.2f}", many, few
