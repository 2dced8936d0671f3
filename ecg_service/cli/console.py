"""Tables as wide as the terminal, or as a fixed width where there is none."""

import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH_WITHOUT_TERMINAL = 120


def console(*, stderr: bool = False) -> Console:
    """Return a console over the current standard output or standard error."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_WITHOUT_TERMINAL
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def show_table(
    names: Iterable[str],
    rows: Iterable[Sequence[object]],
    *,
    numbers: bool = False,
    stderr: bool = False,
) -> None:
    """Print a table; all columns but the first may hold numbers."""
    table = Table(box=box.SIMPLE_HEAD)
    for index, name in enumerate(names):
        right = numbers and index > 0
        table.add_column(Text(name), justify="right" if right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console(stderr=stderr).print(table)
