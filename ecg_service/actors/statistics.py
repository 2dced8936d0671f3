"""What pools and threads say of themselves, at no cost to their work."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """A moment of an actor pool; `handled` and `restarts` count from its start.

    `most` is how many messages may wait at the pace of this moment.
    """

    running: bool
    size: int
    busy: int
    waiting: int
    capacity: int
    handled: int
    restarts: int
    most: float


@dataclass(frozen=True, slots=True)
class ThreadsStatistics:
    """A moment of bounded threads."""

    size: int
    busy: int
    waiting: int
    capacity: int
