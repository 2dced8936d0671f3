"""Converts and checks the values of settings."""

from math import inf
from types import NoneType
from typing import Any, get_args

from typed_settings.types import OptionInfo

NUMBERS: dict[type, tuple[str, tuple[type, ...]]] = {
    int: ("a whole number", (int,)),
    float: ("a number", (int, float)),
}
"""For each type of number: its name, and the TOML types that hold one (`bool` does not)."""

TRUTHS = {"true": True, "false": False}


def checked(option: OptionInfo, value: object, *, is_text: bool) -> object:
    """Return the value in the setting's type; raises `ValueError` saying what is allowed.

    `is_text` is for variables of the environment, whose text may be a number.
    """
    if option.cls is bool:
        found = TRUTHS.get(str(value).lower()) if is_text else value
    elif option.cls in NUMBERS:
        found = _number(option, value, is_text=is_text)
    elif not isinstance(value, str):
        raise ValueError("must be text")  # the value may be a secret
    else:
        found = value
    if not _is_allowed(option, found):
        raise ValueError(f"{value!r} is not {allowed(option)}")
    return found


def _number(option: OptionInfo, value: Any, *, is_text: bool) -> float | None:  # noqa: ANN401
    _, types = NUMBERS[option.cls]
    if not is_text and type(value) not in types:
        return None
    try:
        return option.cls(value)
    except (ValueError, OverflowError):
        return None


def _is_allowed(option: OptionInfo, found: Any) -> bool:  # noqa: ANN401 - whatever was given
    if option.cls is bool:
        return isinstance(found, bool)
    if option.cls in NUMBERS:
        return found is not None and _is_within_bounds(option, found)
    choices = option.metadata.get("choices")
    return choices is None or found in choices


def _is_within_bounds(option: OptionInfo, number: float) -> bool:
    least, most = _bounds(option)
    return number < inf and (number > 0 if least is None else number >= least) and number <= most


def allowed(option: OptionInfo) -> str:
    """Say what the value may be, as in "a whole number from 0"."""
    if option.cls is bool:
        return "true or false"
    if choices := option.metadata.get("choices"):
        return " or ".join(choices)
    if option.cls not in NUMBERS:
        return "text, or nothing" if NoneType in get_args(option.cls) else "text"
    kind, _ = NUMBERS[option.cls]
    least, most = _bounds(option)
    if least is None:
        return f"{kind} above 0"
    return f"{kind} from {least}" if most == inf else f"{kind} from {least} to {most}"


def _bounds(option: OptionInfo) -> tuple[float | None, float]:
    return option.metadata.get("least"), option.metadata.get("most", inf)
