"""Reads every source, the strongest last, and reports all problems together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import typed_settings as ts
from typed_settings.dict_utils import set_path
from typed_settings.types import LoadedSettings, LoaderMeta, OptionList, SettingsDict

from ecg_service.settings.problems import BadSettings
from ecg_service.settings.secrets import read_secret
from ecg_service.settings.sources import Given, Source, command_line, environment, file, known_names
from ecg_service.settings.tree import Settings
from ecg_service.settings.values import checked

Rules = Mapping[str, Callable[[Any], object]]
"""Further checks by the name of a setting; each raises `ValueError` saying what is allowed."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings, and the place of each that was given, by its name."""

    settings: Settings
    places: Mapping[str, str]


def load(options: Mapping[str, object] = NOTHING, rules: Rules = NOTHING) -> Settings:
    """Read file, environment and the options of a command; raises `BadSettings`."""
    return load_with_places(options, rules).settings


def load_with_places(options: Mapping[str, object] = NOTHING, rules: Rules = NOTHING) -> Loaded:
    """Read what `load` does, and where; raises `BadSettings`."""
    loaders = [_Loader(source, rules) for source in (file, environment, command_line(options))]
    settings = ts.load_settings(Settings, loaders)
    if problems := [problem for loader in loaders for problem in loader.problems]:
        raise BadSettings("\n".join(problems))
    return Loaded(settings, {k: v for loader in loaders for k, v in loader.places.items()})


class _Loader:
    """A loader of typed-settings that collects problems instead of raising them."""

    def __init__(self, source: Source, rules: Rules) -> None:
        self._source = source
        self._rules = rules
        self.problems: list[str] = []
        self.places: dict[str, str] = {}

    def __call__(self, settings_cls: type, options: OptionList) -> LoadedSettings:
        del settings_cls  # always `Settings`
        values: SettingsDict = {}
        for found in self._source(known_names(options)):
            if isinstance(found, str):
                self.problems.append(found)
                continue
            try:
                set_path(values, found.option.path, self._checked(found))
            except ValueError as error:
                self.problems.append(f"{found.place}: {error}")
        return LoadedSettings(values, LoaderMeta(self))

    def _checked(self, given: Given) -> object:
        name = given.option.name
        if other := self.places.get(name):
            raise ValueError(f"is the same setting as {other}; give one of them")
        self.places[name] = given.place
        value = checked(given.option, given.value, is_text=given.is_text)
        if given.is_file:
            value = read_secret(str(value))
        if rule := self._rules.get(name):
            rule(value)
        return value
