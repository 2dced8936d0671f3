"""Every change of one node of the service's code."""

import ast
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from mutation.operators import changes

ROOMS = ("domain", "formats", "services", "actors", "adapters")
DECLARED = {"decorator_list", "keywords of ClassDef", "bases", "annotation", "returns"}
CONDITIONS = {"test", "ifs"}

Place = ast.expr | ast.stmt
Reason = tuple[str, str, str, str]


@dataclass(frozen=True)
class Mutant:
    """The source of a file with `new` in the place of `old`, which lines `first` to `last` hold."""

    file: str
    first: int
    last: int
    line: str
    old: str
    new: str
    source: bytes

    def __str__(self) -> str:
        return f"{self.file}:{self.first}: {_short(self.old)} => {_short(self.new) or 'nothing'}"

    @property
    def reason(self) -> Reason:
        """Return how `equivalent.toml` names it, whatever the number of the line."""
        return self.file, self.line, self.old, self.new


def _short(code: str) -> str:
    return " ".join(code.split())


def mutants(root: Path) -> list[Mutant]:
    """Return all of them, in the order of the files."""
    rooms = [root / "ecg_service" / room for room in ROOMS]
    files = [file for room in rooms for file in sorted(room.rglob("*.py"))]
    return [m for file in files for m in mutants_of(file.read_bytes(), str(file.relative_to(root)))]


def shuffled(everything: list[Mutant], seed: int) -> list[Mutant]:
    return random.Random(seed).sample(everything, len(everything))


def mutants_of(source: bytes, file: str = "") -> Iterator[Mutant]:
    lines = source.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines))]
    for node, condition in _places(ast.parse(source)):
        last = node.end_lineno or node.lineno
        start = starts[node.lineno - 1] + node.col_offset
        code = source[start : starts[last - 1] + (node.end_col_offset or 0)].decode()
        for change in changes(node, code, condition=condition):
            begin = start + len(code[: change.start].encode())
            old = code[change.start : change.stop]
            first = source.count(b"\n", 0, begin) + 1
            changed = source[:begin] + change.new.encode() + source[begin + len(old.encode()) :]
            line = lines[first - 1].decode().strip()
            yield Mutant(file, first, last, line, old, change.new, changed)


def _places(node: ast.AST) -> Iterator[tuple[Place, bool]]:
    """Walk through what the program does, and say what is a condition."""
    for field, part in _parts(node):
        if isinstance(part, Place):
            yield part, field in CONDITIONS
        if not isinstance(part, ast.JoinedStr):  # its parts have no places before Python 3.12
            yield from _places(part)


def _parts(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Leave out what only declares, and what is for people: names of types, documents, the log."""
    for field, value in ast.iter_fields(node):
        if DECLARED.isdisjoint({field, f"{field} of {type(node).__name__}"}):
            parts = cast("list[object]", value) if isinstance(value, list) else [value]
            yield from ((field, p) for p in parts if isinstance(p, ast.AST) and not _for_people(p))


def _for_people(node: ast.AST) -> bool:
    match node:
        case ast.Expr(ast.Constant()):
            return True
        case ast.Expr(ast.Call(ast.Attribute(ast.Name("logger")))):
            return True
        case ast.Call(ast.Name("cast" | "TypeVar")) | ast.Assign(
            [ast.Name("__all__" | "__slots__")]
        ):
            return True
        case _:
            return False
