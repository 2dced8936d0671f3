"""How busy ingest is, for work that can wait."""

import asyncio
import time

QUIET = 0.02
"""Seconds without a submission that count as a lull."""


class Traffic:
    """Notes submissions; tells background work when to go on."""

    def __init__(self) -> None:
        self._last = -QUIET

    def note(self) -> None:
        """Say that an ECG has just come."""
        self._last = time.monotonic()

    async def lull(self, *, within: float) -> None:
        """Return once no ECG has come for a moment, at the latest after `within` seconds."""
        end = time.monotonic() + within
        while True:
            left = min(self._last + QUIET, end) - time.monotonic()
            if left <= 0:
                return
            await asyncio.sleep(left)
