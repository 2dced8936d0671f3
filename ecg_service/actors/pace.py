"""How long the batches of a pool take."""

import asyncio
from collections.abc import Generator
from contextlib import contextmanager


class Pace:
    """Times batches: the next one takes as long as the latest, or as one that runs, if longer."""

    def __init__(self) -> None:
        self._latest = 0.0
        self._began: list[float] = []

    @property
    def running(self) -> int:
        """How many batches run."""
        return len(self._began)

    @contextmanager
    def timed(self) -> Generator[None]:
        """Time a batch."""
        began = _now()
        self._began.append(began)
        try:
            yield
        finally:
            self._began.remove(began)
            self._latest = _now() - began

    @property
    def seconds(self) -> float:
        """How long a batch takes, as far as one can tell."""
        return max(self._latest, _now() - self._began[0]) if self._began else self._latest


def _now() -> float:
    return asyncio.get_running_loop().time()
