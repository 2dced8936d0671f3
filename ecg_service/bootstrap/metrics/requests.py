"""Counts requests when they are answered: the only thing that is counted for metrics alone."""

from bisect import bisect_left

from litestar.types import Scope

from ecg_service.api.edge.observed import Seen, method_of, route_of
from ecg_service.bootstrap.metrics.kinds import (
    BUCKETS,
    RECEIVED,
    REQUESTS,
    SAMPLES,
    SENT,
    STAGES,
    Numbers,
    Snapshot,
)


class Requests:
    """How many requests of each kind took how long; kinds are bounded: no path, name or id makes one."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], Numbers] = {}
        self._stages: dict[str, Numbers] = {}
        self._received = self._sent = self._samples = 0

    def observe(self, scope: Scope, seen: Seen, seconds: float) -> None:
        """Count one."""
        kind = method_of(scope), route_of(scope), seen.status
        _add(self._requests.get(kind) or self._requests.setdefault(kind, _empty()), seconds)
        self._received += seen.received
        self._sent += seen.sent
        self._samples += seen.samples
        for stage, took in seen.stages.items():
            _add(self._stages.get(stage) or self._stages.setdefault(stage, _empty()), took)

    def snapshot(self) -> Snapshot:
        """Return all counts."""
        kinds = self._requests.items()
        return {
            REQUESTS: [
                ((method, route, f"{status}"), row) for (method, route, status), row in kinds
            ],
            STAGES: [((stage,), row) for stage, row in self._stages.items()],
            RECEIVED: [((), [self._received])],
            SENT: [((), [self._sent])],
            SAMPLES: [((), [self._samples])],
        }


def _empty() -> Numbers:
    return [0.0] * (len(BUCKETS) + 2)


def _add(row: Numbers, seconds: float) -> None:
    row[bisect_left(BUCKETS, seconds)] += 1
    row[-1] += seconds
