"""Who may read the metrics: whoever has the token."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

SHORTEST = 16


def _require_long(token: str | None) -> None:
    if token is not None and (
        len(token) < SHORTEST or not token.isascii() or not token.isprintable()
    ):
        raise ValueError(f"must have {SHORTEST} or more printable ASCII characters")


RULES: Mapping[str, Callable[[str], None]] = MappingProxyType({"metrics_token": _require_long})
"""What is allowed, by the name of the setting; each raises `ValueError`."""
