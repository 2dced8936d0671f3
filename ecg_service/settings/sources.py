"""Where settings are read: a TOML file, the environment, the options of a command."""

import os
import tomllib
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from typed_settings.types import OptionInfo

from ecg_service.settings.problems import unknown, variable

FILE = Path("ecg.toml")
FILE_VARIABLE = "ECG_SETTINGS"
OTHER_VARIABLES = (FILE_VARIABLE, "ECG_USERNAME", "ECG_PASSWORD")
"""Variables that are no settings: the first names the file, `ecg send` reads the others."""

CORE = "ECG_CORE_"
"""The prefix of ecg_core's own variables."""

Known = Mapping[str, OptionInfo]
"""The settings by name."""


@dataclass(frozen=True, slots=True)
class Given:
    """The value of a setting, and where it was given."""

    place: str
    option: OptionInfo
    value: object
    is_text: bool = False


Found = Given | str
"""A value, or a sentence about a place that holds no setting."""

Source = Callable[[Known], Generator[Found]]


def file(known: Known) -> Generator[Found]:
    """Read the file that `ECG_SETTINGS` names, or else `ecg.toml` if it exists."""
    named = os.environ.get(FILE_VARIABLE)
    path = FILE if named is None else Path(named)
    if named is None and not path.exists():
        return
    place = str(FILE) if named is None else f"{FILE_VARIABLE}: {named!r}"
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        yield f"{place}: cannot be read: {error.strerror}"
    except ValueError as error:  # not UTF-8, or not TOML
        yield f"{place}: is not TOML: {error}"
    else:
        for group, table in tables.items():
            yield from _group(str(path), group, table, known)


def _group(path: str, group: str, table: object, known: Known) -> Generator[Found]:
    groups = dict.fromkeys(_group_of(option) for option in known.values())
    if group in known:
        yield f"{path}: {group}: belongs under [{_group_of(known[group])}]"
    elif group not in groups:
        yield f"{path}: [{group}]: {unknown('group', group, groups)}"
    elif not isinstance(table, dict):
        yield f"{path}: {group}: is a group: [{group}], then its settings"
    else:
        for name, value in cast("dict[str, object]", table).items():
            yield _entry(f"{path}: [{group}] {name}", group, name, value, known)


def _entry(place: str, group: str, name: str, value: object, known: Known) -> Found:
    if name not in known:
        return f"{place}: {unknown('setting', name, known)}"
    right = _group_of(known[name])
    if right != group:
        return f"{place}: belongs under [{right}]"
    return Given(place, known[name], value)


def _group_of(option: OptionInfo) -> str:
    return option.path.partition(".")[0]


def environment(known: Known) -> Generator[Found]:
    """Read the variables that begin with `ECG_`."""
    names = {variable(name): option for name, option in known.items()}
    allowed = (*names, *OTHER_VARIABLES)
    for name, text in sorted(os.environ.items()):
        if name in names:
            yield Given(name, names[name], text, is_text=True)
        elif name.startswith("ECG_") and name not in allowed and not name.startswith(CORE):
            yield f"{name}: {unknown('variable', name, allowed)}"


def command_line(given: Mapping[str, object]) -> Source:
    """Return the options that a command was given, by the names of their settings."""

    def read(known: Known) -> Generator[Found]:
        for name, value in given.items():
            yield Given(f"--{name.replace('_', '-')}", known[name], value)

    return read
