"""A project of one line, in which a change is noticed, is not, or is no program."""

import subprocess
from pathlib import Path

import pytest

from mutation.mutants import Mutant, mutants_of
from mutation.selection import Selection
from mutation.trees import Tree

FILE, TEST = "ecg_service/domain/one.py", "tests/unit/test_one.py"
ONE = "def one() -> int:\n    return 1\n\n\ndef two() -> int:\n    return 2\n"
TESTS = """
from ecg_service.domain.one import one, two

def test_one() -> None:
    assert one() == 1

def test_two() -> None:
    two()
"""


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    project = tmp_path / "project"
    packages = {"ecg_service/__init__.py": "", "ecg_service/domain/__init__.py": ""}
    for name, text in {FILE: ONE, TEST: TESTS, ".gitignore": "*.db", **packages}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    (project / "ecg.db").touch()
    subprocess.run(["git", "init", "--quiet"], cwd=project, check=True)
    return Tree.copy(project, tmp_path / "copy")


def change(number: int) -> Mutant:
    return next(m for m in mutants_of(ONE.encode(), FILE) if m.first == number and m.new != "None")


def test_what_git_ignores_is_not_copied(tree: Tree) -> None:
    names = {path.name for path in tree.root.rglob("*") if path.is_file()}
    assert names == {"one.py", "test_one.py", "__init__.py", ".gitignore"}


def test_a_change_is_killed_by_a_failing_test_only(tree: Tree) -> None:
    both = [f"{TEST}::test_one", f"{TEST}::test_two"]
    assert [tree.fate(change(2), both), tree.fate(change(6), both)] == ["killed", "survived"]
    assert tree.fate(change(2), both[1:]) == "survived"
    assert tree.fate(change(2), []) == "survived"
    assert (tree.root / FILE).read_text() == ONE


def test_what_cannot_be_imported_is_no_mutant(tree: Tree) -> None:
    broken = Mutant(FILE, 1, 1, "", "", "", b"def one(:")
    assert tree.fate(broken, [f"{TEST}::test_one"]) == "invalid"


def test_only_the_tests_that_run_a_line_are_selected(tree: Tree) -> None:
    assert tree.pytest("--cov=ecg_service", "--cov-context=test", "--cov-report=", "tests") == 0
    selection = Selection.read(tree.root)
    assert selection.of(FILE, 2, 2) == [f"{TEST}::test_one"]
    assert selection.of(FILE, 5, 6) == [f"{TEST}::test_two"]
    assert selection.of(FILE, 1, 1) == [f"{TEST}::test_one", f"{TEST}::test_two"]
    assert selection.of("ecg_service/domain/__init__.py", 1, 1) == selection.of(FILE, 1, 1)
