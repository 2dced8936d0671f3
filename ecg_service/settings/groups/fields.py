"""What may be said of a setting beside its type: its bounds, that workers share it, that it is secret.

Each call makes a field of its own: typed-settings adds the docstring of a field to its metadata.
"""

from dataclasses import field
from typing import Any, TypeVar, cast

from typed_settings.constants import METADATA_KEY

T = TypeVar("T")

MAX_PORT = 65_535
MAX_WORKERS = 256


def bounded(default: T, *, least: float, most: float | None = None) -> T:
    """Make the field of a number with other bounds than "above 0"; both bounds are allowed."""
    return _field(default, least=least, most=most)


def divided(default: T, *, least: float | None = None) -> T:
    """Make the field of what all workers have together, each an equal part of it."""
    return _field(default, least=least, divided=True)


def choice(default: str, *others: str) -> str:
    """Make the field of one of several words."""
    return _field(default, choices=(default, *others))


def secret(default: T) -> T:
    """Make the field of what is a secret or, a URL, may hold one: read from a file too, and never shown."""
    return _field(default, is_hidden=True, secret=True)


def _field(default: T, *, is_hidden: bool = False, **facts: object) -> T:
    known = {name: fact for name, fact in facts.items() if fact is not None}
    made: Any = field(default=default, repr=not is_hidden, metadata={METADATA_KEY: known})
    return cast("T", made)
