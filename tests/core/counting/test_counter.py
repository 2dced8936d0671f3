"""Any chunking of a signal equals one pass."""

import copy
import math
import pickle
from array import array
from collections.abc import Callable, Iterator
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, ZeroCrossingCounter, ZeroRule, count_zero_crossings
from tests.core.counting.counters import CHUNKS, counter_of
from tests.core.counting.test_crossings import RULES


@given(chunks=CHUNKS, zeros=st.sampled_from(RULES))
def test_any_chunking_equals_one_pass(chunks: list[list[int]], zeros: ZeroRule) -> None:
    counter = ZeroCrossingCounter(zeros)
    added = [counter.update(array("h", chunk)) for chunk in chunks]
    assert (
        sum(added)
        == counter.count
        == count_zero_crossings(Signal(chain.from_iterable(chunks)), zeros=zeros)
    )


@given(chunks=CHUNKS, zeros=st.sampled_from(RULES), data=st.data())
def test_merging_in_any_grouping_equals_one_pass(
    chunks: list[list[int]], zeros: ZeroRule, data: st.DataObject
) -> None:
    counters = [counter_of(chunk, zeros) for chunk in chunks] or [ZeroCrossingCounter(zeros)]
    while len(counters) > 1:
        index = data.draw(st.integers(0, len(counters) - 2))
        counters[index].merge(counters.pop(index + 1))
    assert counters[0].count == count_zero_crossings(
        Signal(chain.from_iterable(chunks)), zeros=zeros
    )


@pytest.mark.parametrize("zeros", RULES)
def test_counting_goes_on_after_a_merge(zeros: ZeroRule) -> None:
    samples = [1, 0, -1, 0, 0, 1, 1, -1, 0]
    for cut in range(len(samples)):
        counter = counter_of(samples[:cut], zeros)
        counter.merge(counter_of(samples[cut:], zeros))
        counter.update(Signal([1, 0, -1]))
        assert counter.count == Signal([*samples, 1, 0, -1]).count_zero_crossings(zeros=zeros)


def test_a_counter_may_be_merged_with_itself() -> None:
    counter = counter_of([1, -1], "neutral")
    counter.merge(counter)
    assert counter.count == 3


def test_a_nan_counts_nothing() -> None:
    counter = counter_of([1], "neutral")
    with pytest.raises(ValueError, match="NaN at index 1"):
        counter.update(array("d", [-1, math.nan]))
    assert counter.count == 0
    assert counter.update(array("d", [-1])) == 1


def test_counters_of_different_rules_do_not_merge() -> None:
    with pytest.raises(ValueError, match="different rules"):
        ZeroCrossingCounter("neutral").merge(ZeroCrossingCounter("strict"))


def test_the_default_is_neutral() -> None:
    assert repr(ZeroCrossingCounter()) == (
        "<ZeroCrossingCounter('neutral', baseline=0): 0 crossings of 0 samples>"
    )
    counter = ZeroCrossingCounter("strict", baseline=0.5, missing=-9)
    counter.update(array("h", [1, 0, -9]))
    assert repr(counter) == (
        "<ZeroCrossingCounter('strict', baseline=0.5, missing=-9): 1 crossings of 3 samples>"
    )
    assert (ZeroCrossingCounter().zeros, ZeroCrossingCounter().baseline) == ("neutral", 0)
    ZeroCrossingCounter().merge(ZeroCrossingCounter("neutral"))


class Meddler(list[int]):
    """Samples that are read while somebody else uses the counter."""

    def __init__(self, samples: list[int], meddle: Callable[[], object]) -> None:
        super().__init__(samples)
        self.meddle = meddle

    def __iter__(self) -> Iterator[int]:
        self.meddle()
        return super().__iter__()


def test_a_counter_may_be_used_while_it_reads() -> None:
    counter = counter_of([1, -1], "neutral")
    for look in (pickle.dumps, copy.copy, repr, described, ZeroCrossingCounter().merge):
        before = copy.copy(counter)
        assert counter.update(Meddler([], lambda look=look: look(counter))) == 0
        assert counter == before
    assert counter.update(Meddler([1, -1], lambda: counter.update([1]))) == 1
    assert (counter.samples, counter.count) == (5, 3)
    counter.update(Meddler([-1], lambda: counter.merge(counter)))
    assert (counter.samples, counter.count) == (11, 7)


def described(counter: ZeroCrossingCounter) -> list[object]:
    return [counter.samples, counter.count, counter.zeros, counter.baseline, counter.missing]


def test_a_baseline_may_use_the_counter_that_it_belongs_to() -> None:
    class Baseline(float):
        def __eq__(self, other: object) -> bool:
            counter.update([1, -1])
            return float(self) == other

        __hash__ = float.__hash__

    counter = ZeroCrossingCounter(baseline=Baseline(0))
    assert counter == counter_of([], "neutral")
    counter.merge(counter_of([], "neutral"))
    assert counter.samples == 4
