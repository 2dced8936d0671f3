"""The turns of background work beside ingest."""

import time
from typing import Self

from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.insights.backlog import Backlog


class Turns:
    """Lets background work give way to ingest: `async with turns:` around each piece of it.

    A turn begins at a lull in the work on bodies; at the latest after `max_delay` seconds, when the work has
    had less than its `share` of the time, or at once while the backlog is long.
    """

    def __init__(
        self, in_flight: BodiesInFlight, backlog: Backlog, *, share: float, max_delay: float
    ) -> None:
        self._in_flight = in_flight
        self._backlog = backlog
        self._pause_per_work = 1 / share - 1
        self._max_delay = max_delay
        self._began = self._worked = 0.0

    async def __aenter__(self) -> Self:
        await self._in_flight.wait_for_lull(max_seconds=self._pause())
        self._began = time.monotonic()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._worked = time.monotonic() - self._began

    def _pause(self) -> float:
        if self._backlog.is_long:
            return 0
        return min(self._max_delay, self._worked * self._pause_per_work)
