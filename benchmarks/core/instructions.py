"""A guard that no busy machine disturbs: how many instructions the kernels take, beside a baseline."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click

from benchmarks.core.callgrind import build, count

BASELINE = Path(__file__).with_name("instructions.json")
ISAS = ("scalar", "avx2")
"""Valgrind knows no AVX-512."""
LIMIT = 1.03
RENEW = "`just instructions --update` writes a new baseline, to be committed"

Counts = dict[str, dict[str, int]]


@click.command()
@click.option("--update", is_flag=True, help="Make what is counted the baseline.")
def instructions(*, update: bool) -> None:
    """Count the instructions of the core's kernels; a kernel that takes 3 % more fails."""
    program = build()
    found = {isa: count(program, isa) for isa in ISAS}
    if update:
        now = {"compiler": compiler(), "counts": found}
        BASELINE.write_text(json.dumps(now, indent=2) + "\n")
    baseline = json.loads(BASELINE.read_text())
    for line in report(baseline["counts"], found):
        click.echo(line)
    if slower := [*worse(baseline["counts"], found)]:
        why = hint(baseline["compiler"], compiler())
        raise click.ClickException(f"{', '.join(slower)}: over the limit. {why}")


def compiler() -> str:
    """Return rustc's version and the machine that it compiles for."""
    told = subprocess.run(["rustc", "-vV"], check=True, capture_output=True, text=True).stdout
    version, host = told.splitlines()[0], told.partition("host: ")[2].splitlines()[0]
    return f"{version} for {host}"


def report(baseline: Counts, found: Counts) -> Iterator[str]:
    for isa, kernel, now in _each(found):
        before = baseline.get(isa, {}).get(kernel)
        change = f"{now / before - 1:+.1%}" if before else "new"
        yield f"{isa:7}{kernel:12}{now:12,}  {change}"


def worse(baseline: Counts, found: Counts) -> Iterator[str]:
    """Name what takes too much, or has no baseline to say so."""
    for isa, kernel, now in _each(found):
        if now > LIMIT * baseline.get(isa, {}).get(kernel, 0):
            yield f"{kernel} ({isa})"


def hint(before: str, now: str) -> str:
    if before == now:
        return f"If that is right, {RENEW}."
    return f"The baseline is of {before}, and this is {now}: if that is the reason, {RENEW}."


def _each(counts: Counts) -> Iterator[tuple[str, str, int]]:
    for isa, kernels in counts.items():
        for kernel, now in kernels.items():
            yield isa, kernel, now
