import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import Insight
from ecg_service.domain.signals import Samples
from ecg_service.services.insights.costs import RARELY, InsightCosts

ECG = Ecg(uuid4(), "ann", datetime.now(UTC), (Lead("I", 2),))
DOCUMENT = b'{"leads":[{"name":"I","signal":[1,-1]}]}'


def working(seconds: float) -> None:
    end = time.thread_time() + seconds
    while time.thread_time() < end:
        pass


def insight(seconds: float) -> Insight:
    def compute(_: Ecg, __: Sequence[Samples]) -> float:
        working(seconds)
        return seconds

    return Insight("work", 1, compute)


def measure_reading(costs: InsightCosts, seconds: float) -> None:
    with costs.reading(2):
        working(2 * seconds)


def measure(costs: InsightCosts, one: Insight) -> None:
    assert [costs.compute(one, ECG, ()) for _ in range(RARELY)] == [one.compute(ECG, ())] * RARELY


@pytest.mark.parametrize(("seconds", "cheap"), [(0.0001, True), (0.01, False)])
def test_an_insight_is_cheap_beside_reading(*, seconds: float, cheap: bool) -> None:
    costs, one = InsightCosts(max_share=0.5), insight(seconds)
    measure(costs, one)
    measure_reading(costs, 0.002)
    assert costs.is_cheap(one) is cheap


def test_nothing_is_cheap_before_it_and_reading_are_measured() -> None:
    costs, other = InsightCosts(max_share=1), InsightCosts(max_share=1)
    assert not costs.is_cheap(insight(0))
    measure(costs, insight(0))
    measure_reading(other, 0.001)
    assert not costs.is_cheap(insight(0))
    assert not other.is_cheap(insight(0))


def test_where_nothing_else_measures_an_insight_it_is_tried_once() -> None:
    costs, slow, quick = InsightCosts(max_share=0.5, unmeasured=0), insight(0.01), insight(0)
    assert not costs.is_cheap(quick)  # reading is not measured
    measure_reading(costs, 0.001)
    assert costs.is_cheap(slow)
    costs.compute(slow, ECG, ())
    assert not costs.is_cheap(slow)


def test_where_nothing_may_be_computed_nothing_is_tried() -> None:
    costs = InsightCosts(max_share=0, unmeasured=0)
    measure_reading(costs, 0.001)
    assert not costs.is_cheap(insight(0))


def test_the_first_computation_is_not_what_is_measured() -> None:
    """It takes several times as long as those that follow."""
    seconds = iter([0.01, 0.0, 0.0])

    def compute(_: Ecg, __: Sequence[Samples]) -> None:
        working(next(seconds))

    costs, one = InsightCosts(max_share=0.5, unmeasured=0), Insight("work", 1, compute)
    measure_reading(costs, 0.001)
    costs.compute(one, ECG, ())
    assert costs.is_cheap(one)


def test_what_becomes_expensive_is_no_longer_cheap() -> None:
    costs = InsightCosts(max_share=0.5)
    measure(costs, insight(0))
    measure_reading(costs, 0.001)
    assert costs.is_cheap(insight(0))
    measure(costs, insight(0.01))
    assert not costs.is_cheap(insight(0))


def test_what_was_measured_long_ago_counts_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    now, cost = 0.0, 10.0

    def compute(_: Ecg, __: Sequence[Samples]) -> None:
        nonlocal now
        now += cost

    monkeypatch.setattr(time, "thread_time", lambda: now)
    costs, one = InsightCosts(max_share=0.5), Insight("work", 1, compute)
    with costs.reading(1):
        now += 1
    for cost in [10.0] + 700 * [0.0]:  # noqa: B007 - `compute` reads it
        for _ in range(RARELY):
            costs.compute(one, ECG, ())
    assert costs.is_cheap(one)
