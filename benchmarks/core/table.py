"""All rows as one table."""

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.core.floors import floor, limit
from benchmarks.core.measure import ISA, Row

COLUMNS = ("work", "by", "least µs", "median µs", "GB/s", "bits/sample", "ecg_core is faster")
CAPTION = (
    "read: from JSON to samples and counts, GB/s of JSON; count, mask, rate: of 100,000 samples;"
    " pack and unpack: GB/s of int16; write: GB/s of JSON"
)
WIDTH = 120


def show(rows: Sequence[Row]) -> None:
    table = Table(
        *COLUMNS,
        title=f"ecg_core with {ISA}",
        caption=CAPTION,
    )
    previous = ""
    for row in rows:
        if row.work != previous:
            table.add_section()
        table.add_row(row.work if row.work != previous else "", row.candidate, *_figures(row))
        previous = row.work
    Console(markup=False, width=WIDTH).print(table)


def _figures(row: Row) -> Iterator[str]:
    if row.least is None or row.median is None or row.ratio is None:
        yield "not installed"
        return
    yield f"{row.least * 1e6:,.1f}"
    yield f"{row.median * 1e6:,.1f}"
    yield f"{row.gigabytes_per_second:,.2f}"
    yield f"{row.bits_per_sample:.2f}{_bound('≤', limit(row))}" if row.bits_per_sample else ""
    yield f"{row.ratio:,.2f} x{_bound('≥', floor(row))}"


def _bound(sign: str, number: float | None) -> str:
    return f" ({sign} {number})" if number else ""
