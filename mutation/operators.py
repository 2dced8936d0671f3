"""How a node of the syntax tree is said otherwise."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
# A condition that one of these decides is negated by changing it.
OPPOSITES = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.In, ast.NotIn)
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}

SQL = re.compile(r"""[\sf"'(]*(SELECT|INSERT|UPDATE|DELETE|WITH|WHERE|CREATE)\b""")
SQL_WORDS = {
    "=": "<>",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "+": "-",
    "AND": "OR",
    "OR": "AND",
    "DESC": "ASC",
    "IS": "IS NOT",
    "NOT": "",
    "UNIQUE": "",
    "EXISTS": "NOT EXISTS",
}
SQL_WORD = re.compile(r"(?<![\w<>=!])([A-Z]+|[<>=]{1,2}|\+)(?![\w<>=])")


@dataclass(frozen=True)
class Change:
    """Other source for a part of a node's."""

    start: int
    stop: int
    new: str


def changes(node: ast.AST, source: str, *, condition: bool = False) -> Iterator[Change]:
    """Yield all ways to say this node otherwise."""
    if isinstance(node, ast.Constant | ast.JoinedStr) and SQL.match(source):
        yield from other_sql(source)
    elif operator := OPERATORS.get(type(node)):
        yield from (Change(0, len(source), spelled(other)) for other in operator(node))
    if condition and not _has_opposite(node):
        yield Change(0, len(source), f"not ({source})")


def spelled(node: ast.AST) -> str:
    """Write a node down so that it may stand for any other."""
    text = ast.unparse(node)
    plain = isinstance(node, ast.stmt | ast.Name | ast.Constant | ast.Slice)
    return text if plain else f"({text})"


def _has_opposite(node: ast.AST) -> bool:
    match node:
        case ast.UnaryOp() | ast.Constant():
            return True
        case ast.Compare(ops=[operator]):
            return isinstance(operator, OPPOSITES)
        case _:
            return False


def other_sql(source: str) -> Iterator[Change]:
    """Change conditions; `SET a <> ?` would be no SQL."""
    for found in SQL_WORD.finditer(source):
        assigns = source.rfind("SET", 0, found.start()) > source.rfind("WHERE", 0, found.start())
        if found[0] in SQL_WORDS and not (assigns and found[0] == "="):
            yield Change(found.start(), found.end(), SQL_WORDS[found[0]])


def other_comparison(node: ast.Compare) -> Iterator[ast.AST]:
    for index, operator in enumerate(node.ops):
        operators = [*node.ops]
        operators[index] = COMPARISONS[type(operator)]()
        yield ast.Compare(node.left, operators, node.comparators)


def other_junction(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def other_arithmetic(node: ast.BinOp) -> Iterator[ast.AST]:
    if other := ARITHMETIC.get(type(node.op)):
        yield ast.BinOp(node.left, other(), node.right)


def other_step(node: ast.AugAssign) -> Iterator[ast.AST]:
    if other := ARITHMETIC.get(type(node.op)):
        yield ast.AugAssign(node.target, other(), node.value)


def other_sign(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.USub):
        yield node.operand


def other_constant(node: ast.Constant) -> Iterator[ast.AST]:
    value: object = node.value
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int | float):
        yield ast.Constant(value + 1)
    elif isinstance(value, str | bytes):
        yield ast.Constant(value[:0] or (b"?" if isinstance(value, bytes) else "?"))


def other_function(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in FUNCTIONS:
        yield ast.Name(FUNCTIONS[node.id])


def other_slice(node: ast.Slice) -> Iterator[ast.AST]:
    if node.lower:
        yield ast.Slice(None, node.upper, node.step)
    if node.upper:
        yield ast.Slice(node.lower, None, node.step)


def other_return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def no_effect(node: ast.Assign) -> Iterator[ast.AST]:
    """Leave out what only hands something on, as a constructor does."""
    kept = all(isinstance(target, ast.Attribute | ast.Subscript) for target in node.targets)
    if kept and not isinstance(node.value, ast.Name):
        yield ast.Pass()


OPERATORS: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: other_comparison,
    ast.BoolOp: other_junction,
    ast.BinOp: other_arithmetic,
    ast.AugAssign: other_step,
    ast.UnaryOp: other_sign,
    ast.Constant: other_constant,
    ast.Name: other_function,
    ast.Slice: other_slice,
    ast.Return: other_return,
    ast.Expr: lambda _: iter([ast.Pass()]),
    ast.Raise: lambda _: iter([ast.Pass()]),
    ast.Delete: lambda _: iter([ast.Pass()]),
    ast.Assign: no_effect,
    ast.Continue: lambda _: iter([ast.Break()]),
    ast.Break: lambda _: iter([ast.Continue()]),
}
