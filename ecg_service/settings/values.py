"""Converts and checks the values of settings."""

from math import inf
from pathlib import Path

from typed_settings.types import OptionInfo

KINDS: dict[type, tuple[str, tuple[type, ...]]] = {
    int: ("a whole number", (int,)),
    float: ("a number", (int, float)),
}
"""For each type of number: its name, and the TOML types that hold one (`bool` does not)."""


def checked(option: OptionInfo, value: object, *, is_text: bool) -> object:
    """Return the value in the setting's type; raises `ValueError` saying what is allowed.

    `is_text` is for variables of the environment, whose text may be a number.
    """
    if option.cls not in KINDS:
        if not isinstance(value, str | Path):
            raise ValueError("must be text")  # the value may be a secret
        return value
    number = _number(option, value, is_text=is_text)
    if number is None or not _is_within_bounds(option, number):
        raise ValueError(f"{value!r} is not {_allowed(option)}")
    return number


def _number(option: OptionInfo, value: object, *, is_text: bool) -> float | None:
    _, types = KINDS[option.cls]
    if not is_text and type(value) not in types:
        return None
    try:
        return option.cls(value)
    except (ValueError, OverflowError):
        return None


def _is_within_bounds(option: OptionInfo, number: float) -> bool:
    least, most = _bounds(option)
    return number < inf and (number > 0 if least is None else number >= least) and number <= most


def _allowed(option: OptionInfo) -> str:
    kind, _ = KINDS[option.cls]
    least, most = _bounds(option)
    if least is None:
        return f"{kind} above 0"
    return f"{kind} from {least}" if most == inf else f"{kind} from {least} to {most}"


def _bounds(option: OptionInfo) -> tuple[float | None, float]:
    return option.metadata.get("least"), option.metadata.get("most", inf)
