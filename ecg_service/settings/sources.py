"""Where settings are read: a TOML file, the environment, the options of a command."""

import os
import re
import tomllib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from typed_settings.types import OptionInfo

from ecg_service.settings.problems import unknown, variable
from ecg_service.settings.secrets import FILE_SUFFIX, is_secret

FILE = Path("ecg.toml")
FILE_VARIABLE = "ECG_SETTINGS"
OTHER_VARIABLES = (FILE_VARIABLE, "ECG_USERNAME", "ECG_PASSWORD")
"""Variables that are no settings: the first names the file, `ecg send` reads the others."""

CORE = "ECG_CORE_"
"""The prefix of ecg_core's own variables."""

Known = Mapping[str, OptionInfo]
"""The settings by name, and those that are secrets by the name of the setting of their file, too."""


def known_names(options: Iterable[OptionInfo]) -> Known:
    """Return the settings by every name under which they may be given."""
    named = {option.name: option for option in options}
    files = {name + FILE_SUFFIX: option for name, option in named.items() if is_secret(option)}
    return {**named, **files}


@dataclass(frozen=True, slots=True)
class Given:
    """The value of a setting, where it was given, and under which name."""

    place: str
    name: str
    option: OptionInfo
    value: object
    is_text: bool = False

    @property
    def is_file(self) -> bool:
        """Whether the value is the path of the file that holds the secret."""
        return self.name != self.option.name


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
        text = path.read_text(encoding="utf-8")
        tables = tomllib.loads(text)
    except OSError as error:
        yield f"{place}: cannot be read: {error.strerror}"
    except ValueError as error:  # not UTF-8, or not TOML
        yield f"{place}: is not TOML: {error}"
    else:
        yield from _TomlFile(str(path), text.splitlines(), known).read(tables)


@dataclass(frozen=True, slots=True)
class _TomlFile:
    path: str
    lines: Sequence[str]
    known: Known

    def read(self, tables: Mapping[str, object]) -> Generator[Found]:
        for group, table in tables.items():
            yield from self._group(group, table)

    def _group(self, group: str, table: object) -> Generator[Found]:
        groups = dict.fromkeys(_group_of(option) for option in self.known.values())
        if group in self.known:
            yield f"{self._line(group)}: {group}: belongs under [{_group_of(self.known[group])}]"
        elif group not in groups:
            yield f"{self._line(group)}: [{group}]: {unknown('group', group, groups)}"
        elif not isinstance(table, dict):
            yield f"{self._line(group)}: {group}: is a group: [{group}], then its settings"
        else:
            for name, value in cast("dict[str, object]", table).items():
                yield self._entry(f"{self._line(name)}: [{group}] {name}", group, name, value)

    def _entry(self, place: str, group: str, name: str, value: object) -> Found:
        if name not in self.known:
            return f"{place}: {unknown('setting', name, self.known)}"
        right = _group_of(self.known[name])
        if right != group:
            return f"{place}: belongs under [{right}]"
        return Given(place, name, self.known[name], value)

    def _line(self, name: str) -> str:
        """Return the file and, if the name stands in one line only, that line; tomllib tells none."""
        key = re.compile(rf"""(?<![\w-])["']?{re.escape(name)}["']?\s*[]=.]""")
        found = [number for number, line in enumerate(self.lines, 1) if key.search(line)]
        return f"{self.path}:{found[0]}" if len(found) == 1 else self.path


def _group_of(option: OptionInfo) -> str:
    return option.path.partition(".")[0]


def environment(known: Known) -> Generator[Found]:
    """Read the variables that begin with `ECG_`."""
    names = {variable(name): name for name in known}
    allowed = (*names, *OTHER_VARIABLES)
    for place, text in sorted(os.environ.items()):
        if name := names.get(place):
            yield Given(place, name, known[name], text, is_text=True)
        elif place.startswith("ECG_") and place not in allowed and not place.startswith(CORE):
            yield f"{place}: {unknown('variable', place, allowed)}"


def command_line(given: Mapping[str, object]) -> Source:
    """Return the options that a command was given, by the names of their settings."""

    def read(known: Known) -> Generator[Found]:
        for name, value in given.items():
            yield Given(f"--{name.replace('_', '-')}", name, known[name], value)

    return read
