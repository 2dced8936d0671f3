"""The settings of one of several workers, which share what the settings give to all."""

from dataclasses import Field, fields, replace
from typing import Any

from typed_settings.constants import METADATA_KEY

from ecg_service.settings.tree import Settings


def divided(settings: Settings, workers: int) -> Settings:
    """Return the settings of one worker: of each bound that is for all its part, at least 1."""
    groups = {group.name: getattr(settings, group.name) for group in fields(settings)}
    return replace(settings, **{name: _divided(group, workers) for name, group in groups.items()})


def _divided(group: Any, workers: int) -> Any:  # noqa: ANN401 - each group is a class of its own
    bounds = {one.name: getattr(group, one.name) for one in fields(group) if _is_divided(one)}
    return replace(group, **{name: _part(value, workers) for name, value in bounds.items()})


def _part(value: int, workers: int) -> int:
    """Return one worker's part, at least 1; 0 is "none", or "any number", for each of them."""
    return max(1, value // workers) if value else 0


def _is_divided(one: Field[object]) -> bool:
    return one.metadata.get(METADATA_KEY, {}).get("divided", False)
