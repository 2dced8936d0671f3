"""Of lines that say the same again and again some, and how many more there were."""

import time
from collections.abc import Callable
from typing import Any

from ecg_service.bootstrap.logs.lines import Event

MOST, SECONDS = 5, 10.0
"""So many equal lines are logged in so many seconds: a full disk fails every request alike."""
KNOWN = 1_000
"""Different lines that are told apart; more begin a new time."""


class EqualLines:
    """Passes events on, of equal ones `MOST` in `SECONDS`; the others are counted in a line of their own."""

    def __init__(self, put: Callable[[Event], None]) -> None:
        self._put = put
        self._since = time.monotonic()
        self._seen: dict[tuple[Any, ...], int] = {}

    def __call__(self, event: Event) -> None:
        """Pass an event on, or count it."""
        if time.monotonic() - self._since >= SECONDS or len(self._seen) >= KNOWN:
            self.flush()
        key = event["level"], event["logger"], event["event"], event.get("exception")
        count = self._seen[key] = self._seen.get(key, 0) + 1
        if count <= MOST:
            self._put(event)

    def flush(self) -> None:
        """Tell of those that were counted, and begin anew."""
        seen, self._seen = self._seen, {}
        self._since = time.monotonic()
        for (level, logger, text, _), count in seen.items():
            if count > MOST:
                told = {"level": level, "logger": logger, "event": text, "more": count - MOST}
                self._put({"time": time.time(), **told})
