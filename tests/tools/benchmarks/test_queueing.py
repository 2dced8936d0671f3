"""The simulation runs the service's own mailbox, so what it tells is what the mailbox does."""

import pytest

from benchmarks.service.loads import STORED
from benchmarks.service.queueing import Store, measure
from tests.clock import at_once

SECONDS = 5.0


@pytest.mark.parametrize("each", [0.0, 0.001])
def test_a_store_that_is_offered_too_much_is_kept_busy(each: float) -> None:
    capacity, loads = at_once(measure(Store(0.1, each), batch=32, wait=0.25, seconds=SECONDS))
    assert capacity == pytest.approx(32 / (0.1 + 32 * each), rel=0.1)
    for load in loads[2:]:
        assert load.goodput >= 0.9 * capacity, load.name
    half, *_, beside = loads
    assert len(half.of(STORED)) == len(half.answers)
    assert beside.worst() == 1  # of those who send no more than half of what can be stored
