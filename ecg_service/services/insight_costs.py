"""What insights cost beside reading an ECG: what is cheap is computed at ingest."""

import time
from collections import defaultdict
from collections.abc import Sequence
from math import nan
from typing import TypeVar

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError
from ecg_service.domain.insights import Insight, Json
from ecg_service.domain.signals import Signal
from ecg_service.ports.formats import Format, Use

T = TypeVar("T")

KEPT = 0.99
"""The weight of a measurement when the next one is added: some hundred of them count."""
RARELY = 8
"""Of so many computations one is measured: asking for the time of a thread takes half a microsecond."""


class _Average:
    def __init__(self) -> None:
        self._seconds = self._ecgs = 0.0

    def add(self, seconds: float, ecgs: int) -> None:
        self._seconds = KEPT * self._seconds + seconds
        self._ecgs = KEPT * self._ecgs + ecgs

    @property
    def value(self) -> float:
        """Seconds for each ECG; not a number before there was one, which is less than nothing."""
        return self._seconds / self._ecgs if self._ecgs else nan


class InsightCosts:
    """Measures how long reading an ECG takes, and each insight, in seconds of processor time.

    An insight is cheap if it takes at most `max_share` of the time of reading, which includes the
    rules and the insights of ingest. One that is never computed at ingest is measured in the
    background.
    """

    def __init__(self, max_share: float) -> None:
        self._max_share = max_share
        self._reading = _Average()
        self._insights = defaultdict[str, _Average](_Average)
        self._computed = 0

    def is_cheap(self, insight: Insight) -> bool:
        """Whether to compute it at ingest; not before it and reading have been measured."""
        return self._insights[insight.name].value <= self._max_share * self._reading.value

    def compute(self, insight: Insight, ecg: Ecg, signals: Sequence[Signal]) -> Json:
        """Return the result of the insight."""
        self._computed += 1
        if self._computed % RARELY:
            return insight.compute(ecg, signals)
        began = time.thread_time()
        result = insight.compute(ecg, signals)
        self._insights[insight.name].add(time.thread_time() - began, 1)
        return result

    def measured(self, document_format: Format) -> Format:
        """Return the format, whose reading is measured."""
        return _Measured(document_format, self._reading)


class _Measured(Format):
    def __init__(self, measured: Format, reading: _Average) -> None:
        self.media_type = measured.media_type
        self._format = measured
        self._reading = reading

    def read(
        self, documents: Sequence[bytes], use: Use[T], *, max_leads: int | None = None
    ) -> list[T | EcgError]:
        began = time.thread_time()
        results = self._format.read(documents, use, max_leads=max_leads)
        self._reading.add(time.thread_time() - began, len(documents))
        return results
