"""What a connection waits for, and for how long."""

from collections.abc import Mapping
from enum import Enum, auto
from math import inf

from ecg_service.settings import Settings


class Wait(Enum):
    """What must come next; all but `ANSWER` must come from the client."""

    FIRST_BYTE = auto()
    HEAD = auto()
    BODY = auto()
    ANSWER = auto()
    NEXT = auto()  # a request on a connection that has had one
    LAST = auto()  # the same, while the server stops
    END = auto()  # the client's, after an answer that closes


class Patience:
    """The seconds that each wait may take."""

    def __init__(self, settings: Settings) -> None:
        limits = settings.connections
        self._body_grace, self._body_rate = limits.body_grace_seconds, limits.min_body_rate
        self.unsent_seconds = limits.answer_seconds
        self._seconds: Mapping[Wait, float] = {
            Wait.FIRST_BYTE: limits.first_byte_seconds,
            Wait.HEAD: limits.head_seconds,
            Wait.BODY: settings.edge.max_body_seconds,
            Wait.ANSWER: inf,
            Wait.NEXT: limits.keep_alive_seconds,
            Wait.LAST: limits.last_request_seconds,
            Wait.END: limits.linger_seconds,
        }

    def seconds(self, wait: Wait, received: int) -> float:
        """Return how long a wait may take; a body may take as long as its bytes earn."""
        allowed = self._seconds[wait]
        if wait is Wait.BODY:
            return min(allowed, self._body_grace + received / self._body_rate)
        return allowed


class Watch:
    """The wait of one connection, and the progress of its answers."""

    def __init__(self, patience: Patience, now: float) -> None:
        self._patience = patience
        self.wait = Wait.FIRST_BYTE
        self.since = self._progress = now
        self._unsent = 0

    def renew(self, now: float) -> None:
        """Begin the same wait again, also for the client to read."""
        self.since = self._progress = now

    def is_unread(self, now: float, unsent: int) -> bool:
        """Whether none of the bytes of an answer has been sent for too long."""
        if unsent != self._unsent:
            self._unsent, self._progress = unsent, now
        return unsent > 0 and now - self._progress > self._patience.unsent_seconds

    def is_over(self, now: float, received: int) -> bool:
        """Whether the wait has taken too long; it begins when all answers are sent."""
        since = max(self.since, self._progress)
        return self._unsent == 0 and now - since > self._patience.seconds(self.wait, received)
