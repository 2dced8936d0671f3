"""ecg_core beside the libraries that people use for the same, on one real ECG and in one process."""

import json
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from timeit import Timer

import click
import numpy as np
from rich.console import Console
from rich.table import Table

import ecg_core._ecg_core as extension
from benchmarks import peers
from benchmarks.peers import Candidate, Samples
from benchmarks.workloads import body, ecg
from ecg_core import Signal, count_zero_crossings, lift_signals, pack, unpack

ISA: str = vars(extension)["_isa"]
READ, WRITE, PACK, UNPACK = "JSON to samples, counts", "samples to JSON", "pack", "unpack"
COUNT = "count {}"
FLOORS = {
    READ: ("msgspec list[int]", {"scalar": 2.4, "avx2": 7.0, "avx512": 12.5}),
    COUNT.format("int16"): ("NumPy signbit", {"scalar": 0.8, "avx2": 3.5, "avx512": 4.2}),
    COUNT.format("int32"): ("NumPy signbit", {"scalar": 0.7, "avx2": 2.7, "avx512": 3.4}),
    COUNT.format("float64"): ("NumPy signbit", {"scalar": 0.22, "avx2": 0.7, "avx512": 1.0}),
    PACK: ("zlib", {"scalar": 140.0, "avx2": 140.0, "avx512": 140.0}),
    UNPACK: ("zlib", {"scalar": 4.8, "avx2": 8.8, "avx512": 9.2}),
    WRITE: ("msgspec", {"scalar": 1.05, "avx2": 1.05, "avx512": 1.05}),
}
"""How many times as fast as a peer ecg_core must be: about four fifths of what was measured."""
SHORTEST = 200e-6
"""Calls are repeated until a measurement is about as long, in seconds."""


@dataclass(frozen=True, slots=True)
class Work:
    """The same work done by several candidates, ecg_core first; `size` in bytes is what GB/s count."""

    name: str
    size: int
    candidates: Sequence[Candidate]


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds of one candidate; `ratio` is how often ecg_core does the work in the least of them."""

    work: str
    isa: str
    candidate: str
    least: float | None
    median: float | None
    gigabytes_per_second: float | None
    bits_per_sample: float | None
    ratio: float | None


@click.command()
@click.option("--rounds", default=50, show_default=True, help="Each measures every candidate once.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the rows here too."
)
@click.option("--check", is_flag=True, help="Fail where ecg_core is less ahead than it should be.")
def core(*, rounds: int, json_file: Path | None, check: bool) -> None:
    """Measure the core in this process; ECG_CORE_ISA=scalar|avx2|avx512 chooses its instructions."""
    rows = [row for work in works() for row in _measure(work, rounds)]
    _show(rows)
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    if check and (missed := [row.work for row in rows if _missed(row)]):
        raise click.ClickException(f"less ahead than it should be: {', '.join(missed)}")


def works() -> Iterator[Work]:
    text, leads = body(5_000), [lead["signal"] for lead in ecg(5_000)["leads"]]
    yield Work(READ, len(text), [Candidate("ecg_core", lambda: _read(text)), *peers.readers(text)])
    yield from _counting(_centred([lead["signal"] for lead in ecg(10_000)["leads"]])[:100_000])
    yield from _packing(leads)
    yield _writing(leads)


def _read(text: bytes) -> list[int]:
    return [signal.zero_crossings() for signal in lift_signals(text)[1]]


def _centred(leads: list[list[int]]) -> Samples:
    """Without its median a lead crosses zero often, and meets it exactly at times."""
    return np.concatenate([lead - np.median(lead).astype(int) for lead in map(np.array, leads)])


def _counting(samples: Samples) -> Iterator[Work]:
    for dtype in ("int16", "int32", "float64"):
        cast = samples.astype(dtype)
        others = peers.float_counters(cast) if dtype == "float64" else []
        yield Work(
            COUNT.format(dtype),
            cast.nbytes,
            [
                Candidate("ecg_core", lambda cast=cast: count_zero_crossings(cast)),
                *peers.counters(cast),
                *others,
            ],
        )


def _packing(leads: list[list[int]]) -> Iterator[Work]:
    signals, samples = [Signal(lead) for lead in leads], np.concatenate(leads).astype("int16")
    blob = pack(signals)
    bits = 8 * len(blob) / len(samples)
    writers, readers = zip(*peers.compressors(samples), strict=True)
    ours = Candidate("ecg_core", lambda: pack(signals), bits)
    yield Work(PACK, samples.nbytes, [ours, *writers])
    ours = Candidate("ecg_core", lambda: unpack(blob), bits)
    yield Work(UNPACK, samples.nbytes, [ours, *readers])


def _writing(leads: list[list[int]]) -> Work:
    signals, arrays = [Signal(lead) for lead in leads], [np.array(lead, "int32") for lead in leads]
    ours = Candidate("ecg_core", lambda: [signal.to_json() for signal in signals])
    size = sum(len(signal.to_json()) for signal in signals)
    return Work(WRITE, size, [ours, *peers.writers(leads, arrays)])


def _measure(work: Work, rounds: int) -> list[Row]:
    timers = {
        candidate.name: (Timer(candidate.call), _repeats(candidate.call))
        for candidate in work.candidates
        if candidate.call
    }
    seconds: dict[str, list[float]] = {name: [] for name in timers}
    for _ in range(rounds):
        for name, (timer, repeats) in timers.items():
            seconds[name].append(timer.timeit(repeats) / repeats)
    base = min(seconds[work.candidates[0].name])
    return [
        _row(work, candidate, seconds.get(candidate.name), base) for candidate in work.candidates
    ]


def _repeats(call: Callable[[], object]) -> int:
    """Warm a candidate up, and say how often to call it in one measurement."""
    least = min(Timer(call).repeat(3, 1))
    return max(1, round(SHORTEST / least))


def _row(work: Work, candidate: Candidate, seconds: list[float] | None, base: float) -> Row:
    if seconds is None:
        return Row(work.name, ISA, candidate.name, None, None, None, None, None)
    least, median = min(seconds), statistics.median(seconds)
    speed = work.size / least / 1e9
    return Row(work.name, ISA, candidate.name, least, median, speed, candidate.bits, least / base)


def _floor(row: Row) -> float | None:
    peer, floors = FLOORS.get(row.work, ("", {}))
    return floors[row.isa] if row.candidate == peer else None


def _missed(row: Row) -> bool:
    floor = _floor(row)
    return floor is not None and row.ratio is not None and row.ratio < floor


def _show(rows: Sequence[Row]) -> None:
    table = Table(
        "work",
        "by",
        "least µs",
        "median µs",
        "GB/s",
        "bits/sample",
        "ecg_core is faster",
        title=f"ecg_core with {ISA}: JSON and blobs of 12 x 5,000 samples, counts in 100,000",
        caption="GB/s are of JSON text, of samples as they are counted, and of samples as int16",
    )
    previous = ""
    for row in rows:
        if row.work != previous:
            table.add_section()
        table.add_row(row.work if row.work != previous else "", row.candidate, *_figures(row))
        previous = row.work
    Console(markup=False).print(table)


def _figures(row: Row) -> Iterator[str]:
    if row.least is None or row.median is None or row.ratio is None:
        yield "not installed"
        return
    yield f"{row.least * 1e6:,.1f}"
    yield f"{row.median * 1e6:,.1f}"
    yield f"{row.gigabytes_per_second:,.2f}"
    yield f"{row.bits_per_sample:.2f}" if row.bits_per_sample else ""
    floor = _floor(row)
    yield f"{row.ratio:,.1f} x" + (f" (floor {floor})" if floor else "")
