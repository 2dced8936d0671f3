"""Tables as wide as the terminal, or as a fixed width where there is none; bars on terminals."""

import sys
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager

from rich import box
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from ecg_service.ports.copies import Report

WIDTH_WITHOUT_TERMINAL, WIDEST = 120, 10_000


def console(*, stderr: bool = False) -> Console:
    """Return a console over the current standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def counted(count: int, plural: str) -> str:
    """Return how many there are in words, with no, one or many of a plural."""
    noun = plural.removesuffix("s") if count == 1 else plural
    return f"{count or 'no'} {noun.replace('ecg', 'ECG').replace('_', ' ')}"


def show_table(
    names: Iterable[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: bool = False,
    stderr: bool = False,
) -> None:
    """Print a table; all columns but the first may hold numbers."""
    table = made_table(names, numbers=numbers)
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    shown = console(stderr=stderr)
    if not shown.is_terminal:  # what reads a pipe looks for whole ids
        unbounded = shown.options.update(max_width=WIDEST)
        shown.width = max(shown.width, shown.measure(table, options=unbounded).maximum)
    shown.print(table)


def made_table(names: Iterable[str], *, numbers: bool = False) -> Table:
    """Make a table without rows; all columns but the first may hold numbers."""
    table = Table(box=box.SIMPLE_HEAD)
    for index, name in enumerate(names):
        right = numbers and index > 0
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    return table


@contextmanager
def counter(what: str) -> Generator[Callable[[int], None]]:
    """Show on standard error how many are done, if that is a terminal."""
    hidden = not sys.stderr.isatty()
    columns = TextColumn("{task.completed:,} {task.description}", markup=False), TimeElapsedColumn()
    with Progress(*columns, console=console(stderr=True), transient=True, disable=hidden) as shown:
        task = shown.add_task(what, total=None)
        yield lambda done: shown.update(task, completed=done)


@contextmanager
def bytes_bar() -> Generator[Report]:
    """Show on standard error how many bytes are done, if that is a terminal."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    hidden = not sys.stderr.isatty()
    with Progress(*columns, console=console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task("")

        def report(doing: str, done: int, size: int) -> None:
            bar.update(task, description=doing, completed=done, total=size)

        yield report
