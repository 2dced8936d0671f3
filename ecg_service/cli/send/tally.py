"""Counts and shows the results of the files that are sent."""

import json
import sys
import time
from collections import Counter
from types import TracebackType
from typing import Self

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ecg_service.cli.console import console, show_table
from ecg_service.cli.send.delivery import Outcome, State

COLUMNS = ("sent", "stored", "refused", "failed", "bytes", "ECG/s")


class Tally:
    """Shows progress on a terminal while its block runs."""

    def __init__(self, total: int, *, as_json: bool) -> None:
        self._total = total
        self._as_json = as_json
        self._states: Counter[State] = Counter()
        self._bytes = 0
        self._seconds = 0.0
        shown = sys.stderr.isatty() and not (as_json and sys.stdout.isatty())
        self._progress = Progress(
            TextColumn("sending"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console(stderr=True),
            redirect_stdout=False,  # or it would end up on standard error
            disable=not shown,
            transient=True,
        )
        self._task = self._progress.add_task("sending", total=total)

    def __enter__(self) -> Self:
        self._progress.start()
        self._seconds = -time.perf_counter()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._seconds += time.perf_counter()
        self._progress.stop()

    @property
    def complete(self) -> bool:
        """Whether every file is stored."""
        return self._states["stored"] == self._total

    def add(self, outcome: Outcome) -> None:
        """Count a file, and say at once if it is not stored."""
        self._states[outcome.state] += 1
        self._bytes += outcome.size
        self._progress.advance(self._task)
        name = click.format_filename(outcome.file)
        if outcome.error is not None:
            click.echo(f"{name}: {outcome.error}", err=True)
        if self._as_json:
            click.echo(json.dumps(_shown(outcome, name)))

    def show(self) -> None:
        """Print the totals, on standard error if the results are JSON."""
        states = [self._states[state] for state in ("stored", "refused", "failed")]
        rate = self._states["stored"] / self._seconds
        row = (sum(states), *states, self._bytes, f"{rate:.1f}")
        show_table(COLUMNS, [row], numbers=True, stderr=self._as_json)


def _shown(outcome: Outcome, name: str) -> dict[str, str | None]:
    shown = {"file": name, "status": outcome.state}
    if outcome.state == "stored":
        return {**shown, "ecg_id": outcome.ecg_id}
    return {**shown, "error": outcome.error}
