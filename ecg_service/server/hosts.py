"""By which names the service is asked for."""

import re
from collections.abc import Iterable
from typing import Self

PROBES = frozenset({"/health/live", "/health/ready"})
"""Whoever probes a machine names it by its address."""
_NAME = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")


class Hosts:
    """The names that requests may have in `Host`, with whatever port; all others are misdirected (RFC 9110 §7.4)."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(name.encode() for name in names)

    @classmethod
    def parsed(cls, names: str) -> Self | None:
        """Return those of a setting, with commas between them, if there are any; raises `ValueError`."""
        found = [name.strip() for name in names.split(",") if name.strip()]
        for name in found:
            if not _NAME.fullmatch(name):
                raise ValueError(
                    f"{name!r} is no name of a host, in small letters and without a port"
                )
        return cls(found) if found else None

    def admits(self, host: bytes, path: str) -> bool:
        """Whether a request for this host, which may have a port, is for this service."""
        name, colon, port = host.rpartition(b":")
        if not colon or not (port.isdigit() or not port):  # an address of IPv6 has colons, too
            name = host
        return name.lower() in self._names or path in PROBES
