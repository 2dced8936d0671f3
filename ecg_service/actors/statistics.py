"""What pools and threads say of themselves, at no cost to their work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """A moment of an actor pool; `handled` and `restarts` count from its start."""

    running: bool
    size: int
    busy: int
    waiting: int
    capacity: int
    handled: int
    restarts: int


@dataclass(frozen=True, slots=True)
class ThreadsStatistics:
    """A moment of bounded threads."""

    size: int
    busy: int
    waiting: int
    capacity: int
