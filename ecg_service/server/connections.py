"""All connections of a server: how many there are, who waits longest, and what is unsent."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from ecg_service.server.hosts import Hosts
from ecg_service.server.refusals import Refusal
from ecg_service.settings import Settings, parse_hosts

logger = logging.getLogger(__name__)

SWEEP = 0.1
"""Seconds between looks at every deadline. A timer for each would cost every request."""

SPARE = 16
"""Connections beyond the limit when all others have a request, so that health can be asked."""


class Peer(Protocol):
    """A connection."""

    @property
    def unsent(self) -> int:
        """The bytes of answers that the peer has not taken yet."""
        ...

    @property
    def kept(self) -> int:
        """The bytes of answers that are in memory until the peer has taken all of them."""
        ...

    def check(self, now: float) -> None:
        """End the wait if it has taken too long."""
        ...

    def drop(self) -> None:
        """Close at once."""
        ...

    def stop(self) -> None:
        """Refuse a request that is not whole yet."""
        ...


@dataclass(frozen=True, slots=True)
class ConnectionStatistics:
    """How many connections are open, how many of them without a request, and the bytes of answers kept for all."""

    open: int
    waiting: int
    capacity: int
    kept_bytes: int


class Connections:
    """The connections, and those of them that wait without a request, the longest first."""

    def __init__(
        self, settings: Settings, tell: Callable[[Refusal], None] = lambda _: None
    ) -> None:
        self.tell = tell
        self._max = settings.server.max_connections
        self.limits = settings.connections
        names = parse_hosts(settings.server.allowed_hosts)
        self.hosts = Hosts(names) if names else None
        self._all: set[Peer] = set()
        self.waiting: dict[Peer, None] = {}

    def statistics(self) -> ConnectionStatistics:
        """Return what is open now."""
        return ConnectionStatistics(
            len(self._all), len(self.waiting), self._max, self._kept_bytes()
        )

    def admit(self, peer: Peer) -> None:
        """Take a new connection; if there are too many, the one that has waited longest goes."""
        self._all.add(peer)
        if len(self._all) > self._max:
            self._drop_longest()
        self.waiting[peer] = None
        if len(self._all) > self._max + SPARE:
            logger.warning("new connections are closed: all %d have a request", self._max)
            peer.drop()

    def _drop_longest(self) -> None:
        longest = next((peer for peer in self.waiting if not peer.unsent), None)
        if longest is not None:
            self.discard(longest)
            longest.drop()

    def discard(self, peer: Peer) -> None:
        """Forget a connection that has ended."""
        self._all.discard(peer)
        self.waiting.pop(peer, None)

    @property
    def is_full(self) -> bool:
        """Whether as many connections as there may be have a request."""
        return len(self._all) - len(self.waiting) >= self._max

    def has_room(self, size: int) -> bool:
        """Whether an answer of this size may wait unsent beside the others."""
        kept = self._kept_bytes()
        return kept == 0 or kept + size <= self.limits.max_unsent_bytes

    def _kept_bytes(self) -> int:
        return sum(peer.kept for peer in self._all)

    async def sweep_forever(self) -> None:
        """Let every connection look at its deadline, again and again."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP)
            for peer in list(self._all):
                _check(peer, loop.time())

    def stop(self) -> None:
        """Refuse every request that is not whole yet."""
        for peer in list(self._all):
            peer.stop()


def _check(peer: Peer, now: float) -> None:
    """Check one connection; a fault costs it, but not the deadlines of all others."""
    try:
        peer.check(now)
    except Exception:
        logger.exception("unexpected error at the deadline of a connection")
        peer.drop()
