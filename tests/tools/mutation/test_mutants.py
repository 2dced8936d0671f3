import ast
from collections.abc import Iterator

import pytest

from mutation.mutants import mutants_of, shuffled

CHANGES = {
    "a = b < c": ["a = (b <= c)"],
    "a = b < c < d": ["a = (b <= c < d)", "a = (b < c <= d)"],
    "a = b is c": ["a = (b is not c)"],
    "a = b not in c": ["a = (b in c)"],
    "a = b and c": ["a = (b or c)"],
    "a = not b": ["a = b"],
    "a = -b": ["a = b"],
    "a = b + c * d": ["a = (b - c * d)", "a = b + (c // d)"],
    "a += b": ["a -= b"],
    "a = 1_000": ["a = 1001"],
    "a = 0.5": ["a = 1.5"],
    "a = True": ["a = False"],
    "a = None": [],
    "a = 'ä'": ["a = '?'"],
    "a = ''": ["a = '?'"],
    "a = b'x'": ["a = b'?'"],
    "a = min(b)": ["a = max(b)"],
    "a = b[c:d]": ["a = b[:d]", "a = b[c:]"],
    "a.b = c()": ["pass"],
    "a.b = c": [],
    "a = b": [],
    "del a": ["pass"],
    "a()": ["pass"],
    "raise a": ["pass"],
    "if a: b = c": ["if not (a): b = c"],
    "if not a: b = c": ["if a: b = c"],
    "if a == b: c = d": ["if (a != b): c = d"],
    "if a < b: c = d": ["if (a <= b): c = d", "if not (a < b): c = d"],
    "while a: break": ["while not (a): break", "while a: continue"],
    "a = [b for b in c if d]": ["a = [b for b in c if not (d)]"],
    "def a(): return b": ["def a(): return None"],
    "def a(): return": [],
    "a = 'SELECT b FROM c WHERE d = ? AND e < ?'": [
        "a = 'SELECT b FROM c WHERE d <> ? AND e < ?'",
        "a = 'SELECT b FROM c WHERE d = ? OR e < ?'",
        "a = 'SELECT b FROM c WHERE d = ? AND e <= ?'",
    ],
    "a = f'UPDATE {b} SET c = ? WHERE d = ?'": ["a = f'UPDATE {b} SET c = ? WHERE d <> ?'"],
    "a = f'{b + 1}'": [],
}
KEPT = [
    '"""A docstring."""',
    "a: int | None",
    "def f(a: 'int | None') -> int | None: ...",
    "@dataclass(frozen=True)\nclass A: ...",
    "class A(Struct, frozen=True): ...",
    "logger.warning('%s failed', 1 + 2)",
    "a = cast('Scope', b)",
    "T = TypeVar('T')",
    "__all__ = ['a']",
]


def changed(source: str) -> Iterator[str]:
    for mutant in mutants_of(source.encode()):
        yield mutant.source.decode()


@pytest.mark.parametrize("source", CHANGES)
def test_each_node_is_said_otherwise(source: str) -> None:
    assert sorted(changed(source)) == sorted(CHANGES[source])


@pytest.mark.parametrize("source", KEPT)
def test_what_only_declares_or_is_for_people_stays(source: str) -> None:
    assert list(changed(source)) == []


def test_a_change_names_its_line_and_its_place() -> None:
    source = "a = '''\nSELECT ä FROM b\n    WHERE c = 'ö' AND d\n'''\n"
    first, second = mutants_of(source.encode(), "file.py")
    assert str(first) == "file.py:3: = => <>"
    assert str(second) == "file.py:3: AND => OR"
    assert second.reason == ("file.py", "WHERE c = 'ö' AND d", "AND", "OR")
    assert second.source.decode() == source.replace("AND", "OR")


def test_every_change_is_a_program_and_another_one() -> None:
    source = "\n".join(CHANGES).replace("while a: break", "")
    for text in changed(source):
        assert ast.dump(ast.parse(text)) != ast.dump(ast.parse(source))


def test_the_seed_decides_the_order() -> None:
    everything = list(mutants_of("\n".join(CHANGES).encode()))
    assert shuffled(everything, 1) == shuffled(everything, 1) != shuffled(everything, 2)
    assert set(shuffled(everything, 1)) == set(everything)
