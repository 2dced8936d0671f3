"""What goes over the wire, one module per resource.

Each answer has a class method that builds it from values of the domain or the services.
"""

from typing import TypeVar

from msgspec import UNSET, UnsetType

T = TypeVar("T")


def or_unset(value: T | None) -> T | UnsetType:
    """Return UNSET for None, so that the field is left out instead of null."""
    return UNSET if value is None else value
