"""The table of `just bench service`: ratios first, each the median of its rounds."""

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.service.rounds import Found, Measured
from benchmarks.service.rows import Comparison
from benchmarks.service.servers.stores import HOUR
from benchmarks.workloads import SIZES

COLUMNS = (
    *("what", "beside", "times its rate", "middle half", "goal"),
    *("by processor time", "ECGs/s", "beside", "µs", "beside"),
)
CAPTION = (
    "Medians of the rounds, each of which measures all in turn; POST: until all insights are done;"
    " µs: of the processor, for one ECG; the database is on tmpfs unless it says disk"
)
WIDTH = 150


@dataclass(frozen=True, slots=True)
class Line:
    """A comparison at a size: a figure of each round, which are pairs."""

    size: str
    what: str
    beside: str
    goal: float | None
    mine: Sequence[Measured]
    others: Sequence[Measured]

    @property
    def ratios(self) -> Sequence[float]:
        return [a.rate / b.rate for a, b in zip(self.mine, self.others, strict=True)]

    @property
    def ratio(self) -> float:
        return statistics.median(self.ratios)

    @property
    def by_processor(self) -> float:
        pairs = zip(self.mine, self.others, strict=True)
        return statistics.median(b.microseconds / a.microseconds for a, b in pairs)

    @property
    def misses(self) -> bool:
        return self.goal is not None and self.ratio < self.goal


def lines(comparisons: Sequence[Comparison], found: Found) -> Iterator[Line]:
    """Order them by size."""
    for size in (*SIZES, HOUR):
        for c in comparisons:
            if size in c.goals:
                both = found[c.row, size], found[c.beside, size]
                yield Line(size, c.row.name, c.beside.name, c.goals[size], *both)


def show(shown: Sequence[Line], caption: str = CAPTION) -> None:
    table = Table(*COLUMNS, caption=caption)
    previous = ""
    for line in shown:
        if line.size != previous:
            table.add_section()
            table.add_row(f"[bold]{line.size}")
        table.add_row(line.what, line.beside, *_figures(line))
        previous = line.size
    Console(width=WIDTH).print(table)


def _figures(line: Line) -> Iterator[str]:
    yield f"{line.ratio:,.2f}"
    yield _middle(line.ratios)
    yield "" if line.goal is None else f"{'[red]' if line.misses else ''}≥ {line.goal}"
    yield f"{line.by_processor:,.2f}"
    for measured in (line.mine, line.others):
        yield f"{statistics.median(one.rate for one in measured):,.0f}"
    for measured in (line.mine, line.others):
        yield f"{statistics.median(one.microseconds for one in measured):,.0f}"


def _middle(ratios: Sequence[float]) -> str:
    if len(ratios) < 2:
        return ""
    low, _, high = statistics.quantiles(ratios, n=4, method="inclusive")
    return f"{low:,.2f} to {high:,.2f}"
