"""How late the insights of new ECGs are, and what follows from it."""

import time

from ecg_service.domain.ids import next_id, time_of
from ecg_service.ports.insights import InsightRepository, Unfinished
from ecg_service.services.periodic import repeat

LONG, FULL = 0.25, 0.75
"""Shares of the age that a pending insight may reach, at which the backlog is long, and full."""

INTERVAL = 1.0
"""Seconds between two looks at the oldest pending insight."""


class Backlog:
    """Watches the oldest pending insight of the ECGs that this process stored.

    If the backlog `is_long`, insights no longer give way to ingest; if it `is_full`, no ECG is
    admitted, so that no insight is pending for more than about `max_seconds`. What was pending before,
    or is computed again for stored ECGs, does not count.
    """

    def __init__(
        self, repository: InsightRepository, *, max_seconds: float, counts: bool = False
    ) -> None:
        self._repository = repository
        self._max_seconds = max_seconds
        self._counts = counts
        self._first = next_id()
        self.age = 0.0
        """Seconds since the oldest of these ECGs was stored, when the store was last asked."""
        self.unfinished = Unfinished()
        """All insights that were not finished then, if it `counts` them."""

    @property
    def load(self) -> float:
        """How much of the age at which it is full the backlog has."""
        return self.age / (FULL * self._max_seconds)

    @property
    def is_long(self) -> bool:
        return self.age > LONG * self._max_seconds

    @property
    def is_full(self) -> bool:
        return self.load > 1

    async def run_forever(self) -> None:
        """Look again and again."""
        await repeat("a look at the backlog", self.look, every=INTERVAL)

    async def look(self) -> None:
        """Ask the store for the oldest pending insight, and, if it counts, how many there are."""
        oldest = await self._repository.pending(limit=1, since=self._first)
        self.age = max(0.0, time.time() - time_of(oldest[0])) if oldest else 0.0
        if self._counts:
            self.unfinished = await self._repository.unfinished()
