"""Any chunking of a signal equals one pass."""

import copy
import math
import pickle
from array import array
from collections.abc import Callable
from itertools import chain
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, ZeroCrossingCounter, ZeroRule, count_zero_crossings

RULES: tuple[ZeroRule, ...] = get_args(ZeroRule)
CHUNKS = st.lists(st.lists(st.integers(-1, 1), max_size=80), max_size=8)


def counter_of(samples: list[int], zeros: ZeroRule) -> ZeroCrossingCounter:
    counter = ZeroCrossingCounter(zeros)
    counter.update(Signal(samples))
    return counter


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
    assert repr(ZeroCrossingCounter()) == "<ZeroCrossingCounter of 0 crossings>"
    assert (ZeroCrossingCounter().zeros, ZeroCrossingCounter().baseline) == ("neutral", 0)
    ZeroCrossingCounter().merge(ZeroCrossingCounter("neutral"))


def merge(counter: ZeroCrossingCounter) -> None:
    counter.merge(counter)


def append(counter: ZeroCrossingCounter) -> None:
    ZeroCrossingCounter().merge(counter)


def compare(counter: ZeroCrossingCounter) -> bool:
    return ZeroCrossingCounter() == counter


def ask(counter: ZeroCrossingCounter) -> int:
    return counter.samples


@pytest.mark.parametrize("meddle", [merge, append, compare, ask, pickle.dumps, copy.copy])
def test_a_counter_that_counts_is_left_alone(
    meddle: Callable[[ZeroCrossingCounter], object],
) -> None:
    class Meddler:
        def __arrow_c_array__(self, requested_schema: object = None) -> Any:
            return meddle(counter)

    counter = counter_of([1, -1], "neutral")
    with pytest.raises(RuntimeError, match="borrowed"):
        counter.update(Meddler())
    assert counter == counter_of([1, -1], "neutral")
