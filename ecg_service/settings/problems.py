"""Errors in settings, and the sentences that report them."""

from collections.abc import Iterable
from difflib import get_close_matches


class BadSettings(Exception):
    """Settings that cannot be used; each line of the message names a place and what is allowed there."""


def variable(name: str) -> str:
    """Return the variable of the environment that holds a setting."""
    return f"ECG_{name.upper()}"


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """Say that a name is unknown, and name the nearest known one."""
    near = get_close_matches(name, known, n=1, cutoff=0.0)
    return f"no such {what}; the nearest is {near[0]}" if near else f"no such {what}"
