"""ecg_core beside the libraries that people use for the same, on real ECGs and in one run."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from benchmarks.core import native
from benchmarks.core.floors import missed
from benchmarks.core.measure import Row, measure, rows
from benchmarks.core.table import show
from benchmarks.core.works import works

TRIES = 3
"""A busy neighbour makes one run miss a floor, a slow kernel makes all of them."""


@click.command()
@click.option("--rounds", default=50, show_default=True, help="Each measures every candidate once.")
@click.option(
    "--json", "json_file", type=click.Path(path_type=Path), help="Write the rows here too."
)
@click.option("--check", is_flag=True, help="Fail where ecg_core is less ahead than it should be.")
def core(*, rounds: int, json_file: Path | None, check: bool) -> None:
    """Measure the core; ECG_CORE_ISA=scalar|avx2|avx512 chooses its instructions."""
    found = _measured(rounds)
    show(found)
    if json_file is not None:
        json_file.write_text(json.dumps([asdict(row) for row in found], indent=2) + "\n")
    if check and (still := _missed_again(found, rounds)):
        each = "; ".join(f"{name}: {ratio}" for name, ratio in sorted(still.items()))
        raise click.ClickException(f"less than it should be: {each}")


def _measured(rounds: int) -> list[Row]:
    timings = [timing for work in works() for timing in measure(work, rounds)]
    return rows([*timings, *native.measure(rounds)])


def _missed_again(found: list[Row], rounds: int) -> dict[str, str]:
    """Return what is missed in every try, as it was in the first."""
    still = missed(found)
    for _ in range(TRIES - 1):
        if still:
            again = missed(_measured(rounds))
            still = {name: ratio for name, ratio in still.items() if name in again}
    return still
