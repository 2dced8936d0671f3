"""The limits of calls of a Redis server."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallLimits:
    """A call may take `call_seconds`, with its wait for one of the `connections`.

    The making of a connection may take `connect_seconds`; after a failure no call is made until there
    is one, which is tried each `retry_seconds`.
    """

    call_seconds: float = 0.1
    connect_seconds: float = 1.0
    retry_seconds: float = 1.0
    connections: int = 4
