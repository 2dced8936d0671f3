"""The Rust modules of the core use each other in one direction only."""

import re
from collections.abc import Collection, Iterator
from graphlib import TopologicalSorter
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "ecg_core/src"
USE = re.compile(r"^( *)(?:pub(?:\([a-z]+\))? )?use ([^;]+);", re.MULTILINE)
CRATE = re.compile(r"\bcrate((?:::\w+)+)")

Module = tuple[str, ...]


def graph(source: Path) -> dict[Module, set[Module]]:
    """Return what each module uses. One that declares others counts as using all of them."""
    files = [file for file in source.rglob("*.rs") if not file.stem.endswith("tests")]
    modules = {module_of(file.relative_to(source)): file for file in files}
    return {
        module: {child for child in modules if child and child[:-1] == module}
        | {owner(path, modules) for path in paths(module, code_of(file))} - {module}
        for module, file in modules.items()
    }


def module_of(file: Path) -> Module:
    return tuple(part for part in file.with_suffix("").parts if part not in {"mod", "lib"})


def code_of(file: Path) -> str:
    code = file.read_text().partition("#[cfg(test)]\nmod tests")[0]
    return re.sub(r"^\s*//.*$", "", code, flags=re.MULTILINE)


def paths(module: Module, code: str) -> Iterator[Module]:
    """Give every path into the crate that the code names, from its root."""
    for path in CRATE.findall(code):
        yield tuple(path.split("::")[1:])
    for indent, tree in USE.findall(code):
        for root, *steps in expanded(tree):
            if root == "super":  # of an inner module, which is indented, that is the file's own
                yield (module if indent else module[:-1]) + tuple(steps)
            elif root == "crate":
                yield tuple(steps)
            else:
                yield (*module, root, *steps)  # a child, or another crate, which is none of ours


def expanded(tree: str) -> Iterator[Module]:
    """Give the paths of a tree, such as `a::{b, c::{self, d}}`."""
    head, brace, rest = tree.partition("{")
    steps = tuple(step.strip() for step in head.split("::") if step.strip())
    if not brace:
        yield steps
        return
    for branch in re.findall(r"[^\s,{}][^,{}]*(?:\{[^}]*\})?", rest.rpartition("}")[0]):
        for path in expanded(branch.strip()):
            yield steps + tuple(step for step in path if step != "self")


def owner(path: Module, modules: Collection[Module]) -> Module:
    """Return the innermost module on a path."""
    return max(
        (path[:length] for length in range(len(path) + 1) if path[:length] in modules), key=len
    )


def test_no_circle() -> None:
    order = [*TopologicalSorter(graph(SOURCE)).static_order()]
    assert len(order) > 50
    assert order[-1] == (), "lib.rs uses all others"
