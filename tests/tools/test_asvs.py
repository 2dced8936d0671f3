"""docs/asvs.toml has each requirement of levels 1 and 2, with tests that exist or a reason."""

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ITEMS: dict[str, Any] = tomllib.loads((ROOT / "docs" / "asvs.toml").read_text())
LEVELS = {
    "1.1": "22",
    "1.2": "1111122223",
    "1.3": "112222222223",
    "1.4": "222",
    "1.5": "123",
    "2.1": "122",
    "2.2": "112",
    "2.3": "12223",
    "2.4": "23",
    "3.1": "3",
    "3.2": "113",
    "3.3": "12223",
    "3.4": "11222233",
    "3.5": "11122333",
    "3.6": "3",
    "3.7": "22333",
    "4.1": "12233",
    "4.2": "23333",
    "4.3": "22",
    "4.4": "1222",
    "5.1": "2",
    "5.2": "112333",
    "5.3": "113",
    "5.4": "222",
    "6.1": "122",
    "6.2": "111111112222",
    "6.3": "11223333",
    "6.4": "112233",
    "6.5": "22222333",
    "6.6": "2223",
    "6.7": "33",
    "6.8": "2222",
    "7.1": "222",
    "7.2": "1111",
    "7.3": "22",
    "7.4": "11222",
    "7.5": "223",
    "7.6": "22",
    "8.1": "1233",
    "8.2": "1123",
    "8.3": "133",
    "8.4": "23",
    "9.1": "111",
    "9.2": "1222",
    "10.1": "22",
    "10.2": "223",
    "10.3": "22223",
    "10.4": "1111122222233333",
    "10.5": "22222",
    "10.6": "22",
    "10.7": "222",
    "11.1": "2233",
    "11.2": "22233",
    "11.3": "11233",
    "11.4": "1222",
    "11.5": "23",
    "11.6": "23",
    "11.7": "33",
    "12.1": "12233",
    "12.2": "11",
    "12.3": "22223",
    "13.1": "2333",
    "13.2": "222223",
    "13.3": "2233",
    "13.4": "1222233",
    "14.1": "22",
    "14.2": "12223333",
    "14.3": "122",
    "15.1": "12233",
    "15.2": "12233",
    "15.3": "1222222",
    "15.4": "3333",
    "16.1": "2",
    "16.2": "22222",
    "16.3": "2222",
    "16.4": "222",
    "16.5": "2223",
    "17.1": "23",
    "17.2": "22223333",
    "17.3": "22",
}
"""Of each section of ASVS 5.0.0 the levels of its requirements, in order."""
RECIPES = set(re.findall(r"^([a-z]\w*)", (ROOT / "justfile").read_text(), re.MULTILINE))


@cache
def functions_of(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def exists(named: str) -> bool:
    """Whether there is such a test, or recipe."""
    if named.startswith("just "):
        return named.split()[1] in RECIPES
    file, _, name = named.partition("::")
    return (ROOT / file).is_file() and name.startswith("test_") and name in functions_of(file)


def test_every_requirement_of_the_first_two_levels_is_there() -> None:
    expected = {
        f"{section}.{number}": int(level)
        for section, levels in LEVELS.items()
        for number, level in enumerate(levels, 1)
        if level in "12"
    }
    assert len(expected) == 253
    assert {name: one["level"] for name, one in ITEMS.items()} == expected
    assert sum(map(len, LEVELS.values())) == 345


def faults(item: Any) -> Iterator[str]:
    yield from (one for one in item.get("tests", ()) if not exists(one))
    yield from (one for one in item.get("pages", ()) if not (ROOT / one).is_file())
    yield from item.keys() - {"level", "asks", "note", "pages", "na", "missing", "tests"}
    if not item["asks"]:
        yield "asks"
    if "na" in item:
        yield from {"missing", "tests"} & item.keys() if len(item["na"]) > 5 else ["na"]
    elif "missing" in item:
        yield from () if "Planned: " in item["missing"] else ["missing"]
    elif not item["tests"]:
        yield "tests"


def test_each_has_tests_that_exist_or_a_reason() -> None:
    found = {name: [*faults(item)] for name, item in ITEMS.items()}
    assert {name: one for name, one in found.items() if one} == {}
