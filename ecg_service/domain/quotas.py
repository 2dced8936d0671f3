"""What one user may send in a while, and the parts of it that processes take when they share it."""

from typing import NamedTuple

from msgspec import Struct


class Quota(Struct, frozen=True):
    """What one user may send in so many seconds; 0 is any number."""

    requests: int = 0
    num_bytes: int = 0
    seconds: int = 60
    capacity: int = 10_000
    """Of how many users it is counted; those who began longest ago begin anew."""

    def __bool__(self) -> bool:
        return bool(self.requests or self.num_bytes)

    @property
    def whole(self) -> "Amount":
        """All that the user may send; what is not bounded is 0."""
        return Amount(self.requests, self.num_bytes)


class Amount(NamedTuple):
    """Requests, and bytes of their bodies."""

    requests: int = 0
    num_bytes: int = 0

    def plus(self, other: "Amount") -> "Amount":
        """Return both together."""
        return Amount(self.requests + other.requests, self.num_bytes + other.num_bytes)

    def minus(self, other: "Amount") -> "Amount":
        """Return what is more, which may be negative."""
        return Amount(self.requests - other.requests, self.num_bytes - other.num_bytes)

    def part(self, processes: int) -> "Amount":
        """Return what each of several processes may have; those that do not add up are rounded down."""
        return Amount(self.requests // processes, self.num_bytes // processes)


class Portion(NamedTuple):
    """What a process may grant to a user without asking again, and what is left for all beyond it."""

    granted: Amount
    left: Amount
    seconds: float
    """Until the user begins anew."""
