"""The pages that tell of settings tell the truth."""

import re
from dataclasses import fields
from pathlib import Path

from ecg_service.settings import Settings, variable

ROOT = Path(__file__).parents[3]
DEFAULTS = {
    setting.name: getattr(group, setting.name)
    for group in (getattr(Settings(), field.name) for field in fields(Settings))
    for setting in fields(group)
}
NAME, NUMBER = re.compile(r"`([a-z_]+)`"), re.compile(r"\d[\d,]*(?:\.\d+)?")

BOUNDS = re.compile(r"^\| what \| bound \| default \|.*\n\|[-|]+\n((?:\|.*\n)+)", re.MULTILINE)
"""Tables of bounds."""


def told(row: str) -> list[tuple[str, float]]:
    """Return the settings that a row of a table names, each with its default there."""
    _, bound, default, *_ = row.removeprefix("|").split("|")
    names = [name for name in NAME.findall(bound) if name in DEFAULTS]
    numbers = [float(number.replace(",", "")) for number in NUMBER.findall(default)]
    return list(zip(names, numbers, strict=False))


def test_every_bound_is_told_with_its_default() -> None:
    rows = "".join(BOUNDS.findall((ROOT / "docs/limits.md").read_text())).splitlines()
    numbers = {name: value for name, value in DEFAULTS.items() if type(value) in {int, float}}
    del numbers["port"]
    assert {pair for row in rows for pair in told(row)} == set(numbers.items())


def test_the_readme_tells_each_name_and_default() -> None:
    row = re.compile(r"^\| `\[(\w+)\] (\w+)` \| `(\w+)` \|[^|]*\| (.+?) \|", re.MULTILINE)
    rows = row.findall((ROOT / "README.md").read_text())
    assert len(rows) > 5
    for group, name, of_the_environment, default in rows:
        assert of_the_environment == variable(name)
        value = getattr(getattr(Settings(), group), name)
        shown = {None: "\N{EN DASH}", False: "false"}.get(value, str(value))
        assert default.strip("`").replace(",", "") == shown
