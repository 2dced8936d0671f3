"""How many requests and bytes each user may send in a while; nobody is bounded by default."""

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Callable

from msgspec import Struct, field

from ecg_service.domain.errors import QuotaExceeded
from ecg_service.domain.quotas import Amount, Quota
from ecg_service.ports.quotas import CountsUnavailable, SharedCounts

ASK_AGAIN = 1.0
"""Seconds for which a user who has sent all is refused without another look at what others gave back."""


class Used(Struct):
    """What a user has sent to this process since their while began, and how much they may."""

    ends: float
    may_requests: float = 0
    may_bytes: float = 0
    requests: int = 0
    num_bytes: int = 0
    portions: Amount = Amount()
    """What was taken of a shared quota."""
    beyond: Amount = Amount()
    """What is left of it for all, as far as is known."""
    spare: Amount = Amount()
    """What the process may grant by itself if it cannot ask."""
    ask_from: float = 0.0
    asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def is_spent(self) -> bool:
        """Whether the process may grant nothing more."""
        return self.requests >= self.may_requests or self.num_bytes >= self.may_bytes

    @property
    def sent(self) -> Amount:
        """All that was sent."""
        return Amount(self.requests, self.num_bytes)


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
            self._begin(used)
            self._used.move_to_end(user)
            if len(self._used) > self.quota.capacity:
                self._used.popitem(last=False)
        return used

    @property
    def is_reachable(self) -> bool | None:
        """Whether the counts of all can be asked for; None if nobody else counts."""
        return None

    def _begin(self, used: Used) -> None:
        self._let(used, self.quota.whole)

    async def refill(self, user: str, used: Used) -> None:
        """Let a user who has spent what they may send more, or raise `QuotaExceeded`."""
        del user
        raise QuotaExceeded(self.seconds_left(used))

    def _let(self, used: Used, most: Amount) -> None:
        """Let a user send so much in this while, and of what is not bounded as much as they like."""
        used.may_requests = most.requests if self.quota.requests else math.inf
        used.may_bytes = most.num_bytes if self.quota.num_bytes else math.inf

    def left(self, used: Used) -> Amount:
        """Return what is left of what is bounded, as far as this process knows."""
        requests, num_bytes = used.may_requests - used.requests, used.may_bytes - used.num_bytes
        here = (int(max(0, n)) if math.isfinite(n) else 0 for n in (requests, num_bytes))
        return Amount(*here).plus(used.beyond)

    def seconds_left(self, used: Used) -> int:
        """Return in how many whole seconds a user begins anew."""
        return max(1, math.ceil(used.ends - self._clock()))


class SharedQuotas(Quotas):
    """Counts together with other processes: each takes portions of what is left for all.

    So most requests ask nobody, and no more is granted than the quota. While the others cannot be
    asked each grants its part of what is left: that has a bound, and nobody is refused before it.
    """

    def __init__(
        self,
        quota: Quota,
        counts: SharedCounts,
        *,
        processes: int = 1,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(quota, clock)
        self._counts = counts
        self._processes = processes

    @property
    def is_reachable(self) -> bool | None:
        return self._counts.is_reachable

    def _begin(self, used: Used) -> None:
        self._let(used, Amount())
        used.spare = self._part(self.quota.whole)

    async def refill(self, user: str, used: Used) -> None:
        async with used.asking:  # of many at once, one asks
            if used.is_spent and self._clock() >= used.ask_from:
                await self._ask(user, used)
        if used.is_spent:
            raise QuotaExceeded(self.seconds_left(used))

    async def _ask(self, user: str, used: Used) -> None:
        asked, sent = self._clock(), used.sent
        more = sent.minus(used.portions)
        # If no answer comes it may have been counted: nothing is given back twice.
        used.portions = Amount(*map(min, used.portions, sent))
        try:
            portion = await self._counts.portion(user, self.quota, more)
        except CountsUnavailable:
            self._let(used, sent.plus(used.spare))
            used.spare = used.beyond = Amount()
            return
        used.portions = sent.plus(portion.granted)
        self._let(used, used.portions)
        used.beyond, used.spare = portion.left, self._part(portion.left)
        used.ends = asked + portion.seconds
        used.ask_from = asked + ASK_AGAIN if used.is_spent else 0.0

    def _part(self, whole: Amount) -> Amount:
        """Return what this process grants of it if it cannot ask: of what there is, at least 1."""
        requests, num_bytes = whole.part(self._processes)
        return Amount(max(requests, whole.requests and 1), max(num_bytes, whole.num_bytes and 1))
