"""How many requests and bytes each user may send in a while; nobody is bounded by default."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct

from ecg_service.domain.errors import QuotaExceeded


class Quota(Struct, frozen=True):
    """What one user may send in so many seconds; 0 is any number."""

    requests: int = 0
    num_bytes: int = 0
    seconds: int = 60
    capacity: int = 10_000
    """Of how many users it is counted; those who began longest ago begin anew."""

    def __bool__(self) -> bool:
        return bool(self.requests or self.num_bytes)


class Used(Struct):
    """What a user has sent since their first request of this while, which ends at a moment."""

    ends: float
    requests: int = 0
    num_bytes: int = 0


class Quotas:
    """Counts what each user sends, in bounded memory.

    A while begins with a user's first request, so that not all users begin anew at once. The body
    that reaches the bound is the last one: a large one is not refused for what it would take.
    """

    def __init__(self, quota: Quota, clock: Callable[[], float] = time.monotonic) -> None:
        self.quota = quota
        self._clock = clock
        self._used: OrderedDict[str, Used] = OrderedDict()

    def used(self, user: str) -> Used:
        """Return what the user has sent in this while."""
        used, now = self._used.get(user), self._clock()
        if used is None or now >= used.ends:
            used = self._used[user] = Used(now + self.quota.seconds)
            self._used.move_to_end(user)
            if len(self._used) > self.quota.capacity:
                self._used.popitem(last=False)
        return used

    def take(self, used: Used) -> None:
        """Count one more request, or raise `QuotaExceeded`; what is refused does not count."""
        requests, num_bytes = self.quota.requests, self.quota.num_bytes
        if (requests and used.requests >= requests) or (num_bytes and used.num_bytes >= num_bytes):
            raise QuotaExceeded(self.seconds_left(used))
        used.requests += 1

    def seconds_left(self, used: Used) -> int:
        """Return in how many whole seconds a user begins anew."""
        return max(1, math.ceil(used.ends - self._clock()))
