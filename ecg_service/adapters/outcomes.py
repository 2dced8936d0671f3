"""How the writes of an open store end."""

import math
import time
from collections.abc import Generator
from contextlib import contextmanager

from ecg_service.domain.errors import OutcomeUnknown, StorageUnavailable
from ecg_service.ports.store import FailedWrite


class GaveWay(StorageUnavailable):
    """The write gave way to others, and nothing was stored; the store has not failed."""


class Outcomes:
    """Counts the writes that were committed and those that failed, and when the last that tells of the next ended."""

    def __init__(self) -> None:
        self.commits = self.failures = 0
        self.last_added = -math.inf
        self.last_failure: FailedWrite | None = None

    def committed(self, *, adds: bool = False) -> None:
        """Note a write that is on disk; if it adds ECGs, another can probably be stored."""
        self.commits += 1
        if adds:
            self.last_added = time.monotonic()

    @contextmanager
    def noting_failures(self) -> Generator[None]:
        """Note if the store fails the block."""
        try:
            yield
        except GaveWay:
            raise
        except (StorageUnavailable, OutcomeUnknown) as error:
            self.failures += 1
            self.last_failure = FailedWrite(time.monotonic(), f"{type(error).__name__}: {error}")
            raise
