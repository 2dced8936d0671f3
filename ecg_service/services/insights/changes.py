"""Wakes the requests that wait for the insights of an ECG, when this process has computed them."""

import asyncio
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from uuid import UUID


class InsightChanges:
    """Announces the ECGs whose insights have changed to those who subscribed to them."""

    def __init__(self) -> None:
        self._subscribers: dict[UUID, set[asyncio.Event]] = {}

    def announce(self, ecg_ids: Iterable[UUID]) -> None:
        """Set the event of every subscriber to these ECGs."""
        for ecg_id in ecg_ids:
            for event in self._subscribers.get(ecg_id, ()):
                event.set()

    @contextmanager
    def subscribed(self, ecg_id: UUID) -> Generator[asyncio.Event]:
        """Yield an event that is set by each announcement; clear it before looking."""
        event = asyncio.Event()
        subscribers = self._subscribers.setdefault(ecg_id, set())
        subscribers.add(event)
        try:
            yield event
        finally:
            subscribers.discard(event)
            if not subscribers:
                self._subscribers.pop(ecg_id, None)
