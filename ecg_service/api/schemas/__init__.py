"""What goes over the wire, one module a resource. The domain does not know these.

Each answer has a class method that makes it from what the domain holds.
"""

from typing import TypeVar

from msgspec import UNSET, UnsetType

T = TypeVar("T")


def given(value: T | None) -> T | UnsetType:
    """Leave out what is not known, rather than saying null."""
    return UNSET if value is None else value
