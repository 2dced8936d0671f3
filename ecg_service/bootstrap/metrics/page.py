"""Writes what all processes have counted, in the text format of Prometheus."""

import asyncio
import platform
import resource
import time
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from hmac import compare_digest
from itertools import accumulate
from pathlib import Path
from typing import Any

from prometheus_client import generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
)
from prometheus_client.core import (
    Metric as Family,
)

from ecg_service import __version__
from ecg_service.bootstrap.metrics.kinds import (
    BUCKETS,
    BUILD,
    MEMORY,
    PROCESSOR,
    Labels,
    Metric,
    Numbers,
    Snapshot,
)
from ecg_service.bootstrap.metrics.requests import Requests
from ecg_service.bootstrap.metrics.shared import Slot, Slots
from ecg_service.bootstrap.metrics.table import METRICS, numbers_of

INTERVAL = 1.0
"""Seconds after which what a process has counted is seen by the others."""

Parts = Callable[[], Mapping[str, object]]
"""Returns what each part of the service says of itself."""


class Metrics:
    """What this process counts, and what all of them have counted."""

    def __init__(self, token: str, slots: Slots) -> None:
        self._parts: Parts = dict
        self._slots = slots
        self._expected = f"bearer {token}".encode()
        self._before = slots.claim()
        self.requests = Requests()

    def admits(self, authorization: str) -> bool:
        """Whether a request with this field may read the metrics."""
        scheme, _, token = authorization.partition(" ")
        return compare_digest(f"{scheme.lower()} {token}".encode(), self._expected)

    async def text(self) -> bytes:
        """Return the page; adding up takes milliseconds, in a thread."""
        self.publish()
        return await asyncio.to_thread(_page, self._slots)

    @asynccontextmanager
    async def told(self, parts: Parts) -> AsyncGenerator[None]:
        """Let other processes see what this one counts, again and again, and at the end of the block."""
        self._parts = parts
        telling = asyncio.create_task(self._publish_forever())
        try:
            yield
        finally:
            telling.cancel()
            await asyncio.wait([telling])
            self.publish()

    async def _publish_forever(self) -> None:
        while True:
            self.publish()
            await asyncio.sleep(INTERVAL)

    def publish(self) -> None:
        """Let other processes see what this one has counted, beside what its predecessors have."""
        own: Snapshot = {
            **self.requests.snapshot(),
            **{name: [((), [number])] for name, number in numbers_of(self._parts())},
            BUILD: [((__version__, platform.python_version()), [1])],
            PROCESSOR: [((), [time.process_time()])],
            MEMORY: [((), [_resident_bytes()])],
            "ecg_workers": [((), [1])],
        }
        before = [Slot(self._before, lives=False)]
        added = {
            metric.name: _added(metric, [*before, Slot(own, lives=True)]) for metric in METRICS
        }
        self._slots.publish({name: [*rows.items()] for name, rows in added.items() if rows})


class _Page:
    """What a page is made of, as prometheus-client asks for it."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = families

    def collect(self) -> Iterable[Family]:
        return self._families


def _page(slots: Slots) -> bytes:
    found = [*slots.all()]
    families = (_family(metric, _added(metric, found)) for metric in METRICS)
    page: Any = _Page(families)
    return generate_latest(page)


def _added(metric: Metric, slots: Iterable[Slot]) -> dict[Labels, Numbers]:
    """Add up a metric, or find the largest; a process that has ended counts on, and has no gauges."""
    found: dict[Labels, Numbers] = {}
    combined = max if metric.largest else sum
    for slot in slots:
        if slot.lives or metric.kind != "gauge":
            for labels, numbers in slot.snapshot.get(metric.name, ()):
                earlier = found.get(labels)
                found[labels] = (
                    [*map(combined, zip(earlier, numbers, strict=True))] if earlier else numbers
                )
    return found


def _family(metric: Metric, rows: Mapping[Labels, Numbers]) -> Family:
    if metric.kind == "histogram":
        return _histogram(metric, rows)
    made = CounterMetricFamily if metric.kind == "counter" else GaugeMetricFamily
    family = made(metric.name, metric.text, labels=metric.labels)
    for labels, [number] in rows.items():
        family.add_metric(labels, number)
    return family


def _histogram(metric: Metric, rows: Mapping[Labels, Numbers]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(metric.name, metric.text, labels=metric.labels)
    ends = [*map(str, BUCKETS), "+Inf"]
    for labels, [*counts, total] in rows.items():
        family.add_metric(labels, [*zip(ends, accumulate(counts), strict=True)], total)
    return family


def _resident_bytes() -> float:
    """Return how much memory this process has, or, where Linux does not tell, has had at most."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
