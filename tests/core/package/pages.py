"""The tables and examples of the documents, for the tests that run them."""

import doctest
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


def page(path: str) -> str:
    return (ROOT / path).read_text()


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run_examples(name: str, text: str) -> int:
    """Run a docstring, or the blocks of a page, and return how many examples that were."""
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    results = doctest.DocTestRunner().run(test)
    assert results.failed == 0
    return results.attempted


def table(path: str, first: str) -> list[dict[str, str]]:
    """Return the rows of the table whose first heading this is, without the marks of code."""
    lines = page(path).splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith(f"| {first} |")]
    assert len(starts) == 1, f"{path} has {len(starts)} tables of {first!r}"
    heads, _, *rows = [_cells(line) for line in _while_table(lines[starts[0] :])]
    return [dict(zip(heads, row, strict=True)) for row in rows]


def inputs(row: dict[str, str]) -> list[tuple[list[float], str]]:
    """Return the samples in the headings of a row, and what its cells say that they give."""
    samples = [(head, cell) for head, cell in row.items() if head.startswith("[")]
    assert samples
    return [(eval(head, {"nan": float("nan")}), cell) for head, cell in samples]


def outcome(call: str, names: dict[str, Any]) -> str:
    """Return what a call gives as a table has it: a number, or the name of an error."""
    try:
        return str(eval(call, names))
    except Exception as error:  # noqa: BLE001 - its name is what is wanted
        return type(error).__name__


def _while_table(lines: list[str]) -> list[str]:
    ends = [index for index, line in enumerate(lines) if not line.startswith("|")]
    return lines[: min(ends, default=len(lines))]


def _cells(line: str) -> list[str]:
    return [cell.strip().strip("`") for cell in line.strip("|").split("|")]
