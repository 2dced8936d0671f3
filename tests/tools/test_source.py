"""What the service never calls: what runs text, what reads objects from bytes, weak hashes, guessable numbers, shells."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEVER = {
    "eval": "runs text",
    "exec": "runs text",
    "compile": "runs text",
    "__import__": "loads what a text names",
    "os.system": "a shell",
    "os.popen": "a shell",
    "pickle": "makes any object of bytes",
    "marshal": "makes any object of bytes",
    "shelve": "makes any object of bytes",
    "yaml": "makes any object of a text",
    "xml": "has entities",
    "subprocess": "runs commands",
    "asyncio.create_subprocess_shell": "a shell",
    "hashlib.md5": "has collisions",
    "hashlib.sha1": "has collisions",
    "tempfile.mktemp": "can be taken by others",
    "ssl._create_unverified_context": "trusts anybody",
    "ssl.CERT_NONE": "trusts anybody",
}
GUESSABLE = {"ecg_service/cli/send/retries.py": "the pause between two attempts"}
"""Where numbers may be guessed."""
STARTING = {"ecg_service/adapters/apart/child.py": "this interpreter, with a module of ours"}
"""Where processes are started by a command."""
SOURCES = sorted((ROOT / "ecg_service").rglob("*.py"))


def named(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports and names, with whatever it is an attribute of."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (part for one in names for part in (one.name, one.name.split(".")[0]))
            case ast.ImportFrom(module=str(module), names=names):
                yield from (
                    module,
                    module.split(".")[0],
                    *(f"{module}.{one.name}" for one in names),
                )
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                yield f"{name}.{attribute}"
            case ast.Call(func=ast.Name(id=name)):
                yield name
            case _:
                pass


@cache
def found(path: Path) -> set[str]:
    return {*named(ast.parse(path.read_text()))}


def test_there_is_source() -> None:
    assert len(SOURCES) > 200
    assert "apsw" in set[str]().union(*map(found, SOURCES))


@pytest.mark.parametrize("name", NEVER)
def test_it_is_nowhere(name: str) -> None:
    assert [path for path in SOURCES if name in found(path)] == [], NEVER[name]


def test_numbers_that_could_be_guessed_are_no_secrets() -> None:
    places = {str(path.relative_to(ROOT)) for path in SOURCES if "random" in found(path)}
    assert places == GUESSABLE.keys()


def test_commands_are_run_in_one_place_only() -> None:
    places = {
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "asyncio.create_subprocess_exec" in found(path)
    }
    assert places == STARTING.keys()
