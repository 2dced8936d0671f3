"""CI runs the recipes it names: a recipe that takes arguments takes the recipes after it for arguments."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEADS = re.findall(r"^([a-z][\w-]*)([^:\n]*):(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE)
PARAMETERS = {name: parameters.strip() for name, parameters in HEADS}
CALLS = [
    line.split()[1:]
    for line in (ROOT / ".ci/run").read_text().splitlines()
    if line.split()[:1] == ["just"]
]


def test_ci_names_recipes() -> None:
    assert {first for first, *_ in CALLS} <= PARAMETERS.keys()


def test_a_recipe_that_takes_arguments_is_given_none_that_is_a_recipe() -> None:
    swallowed = [
        call
        for call in CALLS
        for at, word in enumerate(call)
        if takes(word) and names(call[at + 1 :])
    ]

    assert PARAMETERS["test"] == "*ARGS"
    assert not swallowed


def takes(word: str) -> bool:
    return bool(PARAMETERS.get(word))


def names(words: list[str]) -> set[str]:
    return PARAMETERS.keys() & words
