"""`just bench app`: the ratios of the table without sockets, so steady that CI holds floors."""

from collections.abc import Mapping
from types import MappingProxyType

import click

from benchmarks.core.measure import ISA
from benchmarks.service.in_process import measure_in_process
from benchmarks.service.rows import (
    AUDITED_BATCHES,
    AUDITED_HEAD,
    AUDITED_SINGLE,
    AUDITED_WHOLE,
    BATCHES,
    BINARY,
    COUNTED_SINGLE,
    HEAD,
    LARGE,
    NOTHING,
    READY,
    SINGLE,
    SMALL,
    WHOLE,
    Comparison,
    Row,
)
from benchmarks.service.table import Line, lines, show

TRIES = 3
"""A busy neighbour makes one run miss a floor, a slow application makes all of them."""
CAPTION = (
    "The least of all rounds, each of which measures all in turn; of the processor, one core for all threads;"
    " the database is on tmpfs"
)
Floors = Mapping[str, Mapping[str, float]]


def _least(ratio: float) -> Mapping[str, float]:
    return {"scalar": ratio, "avx2": ratio, "avx512": ratio}


FLOORS: Mapping[tuple[Row, Row], Floors] = MappingProxyType(
    {
        (SINGLE, NOTHING): {
            LARGE: {"scalar": 0.085, "avx2": 0.13, "avx512": 0.13},
            SMALL: {"scalar": 0.21, "avx2": 0.21, "avx512": 0.21},
        },
        (BATCHES, SINGLE): {SMALL: {"scalar": 1.0, "avx2": 1.0, "avx512": 1.0}},
        (BINARY, SINGLE): {LARGE: {"scalar": 1.1, "avx2": 0.85, "avx512": 0.75}},
        (WHOLE, READY): {LARGE: {"scalar": 0.045, "avx2": 0.045, "avx512": 0.045}},
        (AUDITED_SINGLE, SINGLE): {size: _least(0.6) for size in (LARGE, SMALL)},
        (AUDITED_BATCHES, BATCHES): {SMALL: _least(0.6)},
        (AUDITED_WHOLE, WHOLE): {LARGE: _least(0.6)},
        (AUDITED_HEAD, HEAD): {SMALL: _least(0.6)},
        (COUNTED_SINGLE, SINGLE): {SMALL: _least(0.9)},
        (HEAD, READY): {SMALL: {"scalar": 0.085, "avx2": 0.085, "avx512": 0.085}},
    }
)
"""By row and what it is beside, by size and instructions: about two thirds of what was measured
on a busy AMD EPYC with AVX2; with AVX-512, which reads JSON faster, no more is asked for."""


@click.command()
@click.option("--rounds", default=60, show_default=True, help="Each measures everything once.")
@click.option("--check", is_flag=True, help="Fail where a floor is missed.")
def app(*, rounds: int, check: bool) -> None:
    """Measure the application without sockets; ECG_CORE_ISA=scalar|avx2|avx512 as for `core`."""
    found = _measured(rounds)
    show(found, CAPTION)
    if check and (still := _missed_again(found, rounds)):
        raise click.ClickException(f"less than it should be: {'; '.join(sorted(still))}")


def _measured(rounds: int) -> list[Line]:
    guarded = [
        Comparison(row, beside, {size: by_isa[ISA] for size, by_isa in floors.items()})
        for (row, beside), floors in FLOORS.items()
    ]
    return [*lines(guarded, measure_in_process(guarded, rounds))]


def _missed_again(found: list[Line], rounds: int) -> set[str]:
    """Return what is missed in every try."""
    still = _missed(found)
    for _ in range(TRIES - 1):
        if still:
            still &= _missed(_measured(rounds))
    return still


def _missed(found: list[Line]) -> set[str]:
    return {f"{line.what}, {line.size}" for line in found if line.misses}
