"""Reads every source, the strongest last, and reports all problems together."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import typed_settings as ts
from typed_settings.dict_utils import set_path
from typed_settings.types import LoadedSettings, LoaderMeta, OptionList, SettingsDict

from ecg_service.settings.problems import BadSettings
from ecg_service.settings.sources import Given, Source, command_line, environment, file
from ecg_service.settings.tree import Settings
from ecg_service.settings.values import checked

Rules = Mapping[str, Callable[[Any], object]]
"""Further checks by the name of a setting; each raises `ValueError` saying what is allowed."""

NOTHING: Mapping[str, Any] = MappingProxyType({})


def load(options: Mapping[str, object] = NOTHING, rules: Rules = NOTHING) -> Settings:
    """Read file, environment and the options of a command; raises `BadSettings`."""
    loaders = [_Loader(source, rules) for source in (file, environment, command_line(options))]
    settings = ts.load_settings(Settings, loaders)
    if problems := [problem for loader in loaders for problem in loader.problems]:
        raise BadSettings("\n".join(problems))
    return settings


class _Loader:
    """A loader of typed-settings that collects problems instead of raising them."""

    def __init__(self, source: Source, rules: Rules) -> None:
        self._source = source
        self._rules = rules
        self.problems: list[str] = []

    def __call__(self, settings_cls: type, options: OptionList) -> LoadedSettings:
        del settings_cls  # always `Settings`
        values: SettingsDict = {}
        for found in self._source({option.name: option for option in options}):
            if isinstance(found, str):
                self.problems.append(found)
                continue
            try:
                set_path(values, found.option.path, self._checked(found))
            except ValueError as error:
                self.problems.append(f"{found.place}: {error}")
        return LoadedSettings(values, LoaderMeta(self))

    def _checked(self, given: Given) -> object:
        value = checked(given.option, given.value, is_text=given.is_text)
        if rule := self._rules.get(given.option.name):
            rule(value)
        return value
