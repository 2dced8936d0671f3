"""By which names the service is asked for."""

PROBES = frozenset({"/health/live", "/health/ready"})
"""Whoever probes a machine names it by its address."""


class Hosts:
    """The names that requests may have in `Host`, with whatever port; all others are misdirected (RFC 9110 §7.4)."""

    def __init__(self, names: frozenset[bytes]) -> None:
        self._names = names

    def admits(self, host: bytes, path: str) -> bool:
        """Whether a request for this host, which may have a port, is for this service."""
        name, colon, port = host.rpartition(b":")
        if not colon or not (port.isdigit() or not port):  # an address of IPv6 has colons, too
            name = host
        return name.lower() in self._names or path in PROBES
