"""What insights cost beside reading an ECG: what is cheap is computed at ingest."""

import time
from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from math import isnan, nan

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.insights import Insight, Json
from ecg_service.domain.signals import Samples

KEPT = 0.99
"""The weight of a measurement when the next one is added: some hundred of them count."""
RARELY = 8
"""Of so many computations one is measured: asking for the time of a thread takes half a microsecond."""


class _Average:
    def __init__(self, unmeasured: float = nan) -> None:
        self._seconds = self._ecgs = 0.0
        self._unmeasured = unmeasured

    def add(self, seconds: float, ecgs: int) -> None:
        self._seconds = KEPT * self._seconds + seconds
        self._ecgs = KEPT * self._ecgs + ecgs

    @property
    def value(self) -> float:
        """Seconds for each ECG; before there was one not a number, of which nothing is a share."""
        return self._seconds / self._ecgs if self._ecgs else self._unmeasured

    @property
    def is_measured(self) -> bool:
        return self._ecgs > 0


class InsightCosts:
    """Measures how long reading an ECG takes, and each insight, in seconds of processor time.

    An insight is cheap if it takes at most `max_share` of the time of reading, which includes the
    rules and the insights of ingest. One that is never computed at ingest is measured in the
    background; if that is elsewhere, `unmeasured` is what it costs until it has been computed once.
    """

    def __init__(self, max_share: float, *, unmeasured: float = nan) -> None:
        self._max_share = max_share
        self._tries = not isnan(unmeasured)
        self._reading = _Average()
        self._insights = defaultdict[str, _Average](lambda: _Average(unmeasured))
        self.computed = self.failed = 0
        """How many insights were computed, and how many failed after that or could not be."""

    def is_cheap(self, insight: Insight) -> bool:
        """Whether to compute it at ingest; not before it and reading have been measured."""
        return self._insights[insight.name].value < self._max_share * self._reading.value

    def compute(self, insight: Insight, ecg: Ecg, signals: Sequence[Samples]) -> Json:
        """Return the result of the insight."""
        self.computed += 1
        cost = self._insights[insight.name]
        is_tried = self._tries and not cost.is_measured
        if self.computed % RARELY and not is_tried:
            return insight.compute(ecg, signals)
        if is_tried:
            insight.compute(ecg, signals)  # the first time takes several times as long
        began = time.thread_time()
        result = insight.compute(ecg, signals)
        cost.add(time.thread_time() - began, 1)
        return result

    @contextmanager
    def reading(self, ecgs: int) -> Generator[None]:
        """Measure the block, in which one thread reads so many ECGs."""
        began = time.thread_time()
        yield
        self._reading.add(time.thread_time() - began, ecgs)
