"""Any chunking of a signal equals one pass."""

import copy
import math
import pickle
from array import array
from collections.abc import Callable
from functools import cache
from itertools import chain, product
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


@given(chunks=CHUNKS, zeros=st.sampled_from(RULES), baseline=st.integers(-1, 1))
def test_a_stored_counter_goes_on(chunks: list[list[int]], zeros: ZeroRule, baseline: int) -> None:
    counter = ZeroCrossingCounter(zeros, baseline=baseline)
    for chunk in chunks:
        forms = [counter, pickle.loads(pickle.dumps(counter)), copy.copy(counter)]
        assert forms[0] == forms[1] == forms[2] == copy.deepcopy(counter)
        assert (counter.zeros, counter.baseline) == (zeros, baseline)
        added = {form.update(array("h", chunk)) for form in forms[1:]}
        assert added == {counter.update(array("h", chunk))}
    assert counter.samples == sum(map(len, chunks))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_protocol_stores_a_counter(protocol: int) -> None:
    counter = ZeroCrossingCounter("strict", baseline=0.5)
    counter.update(array("d", [1, -1]))
    assert pickle.loads(pickle.dumps(counter, protocol)) == counter


def test_counters_are_equal_if_they_go_on_alike() -> None:
    counter = counter_of([1, -1], "neutral")
    assert counter == counter_of([0, 1, -1][1:], "neutral")
    others = [
        counter_of([1, -1], "strict"),
        counter_of([-1, 1], "neutral"),
        counter_of([0, 1, -1], "neutral"),
        counter_of([1, -1, -1], "neutral"),
        ZeroCrossingCounter(),
        1,
    ]
    assert all(counter != other for other in others)
    assert ZeroCrossingCounter() != ZeroCrossingCounter(baseline=1)
    with pytest.raises(TypeError):
        hash(counter)


@given(
    zeros=st.sampled_from(RULES),
    samples=st.integers(0, 5),
    count=st.integers(0, 5),
    first=st.sampled_from([None, -1, 0, 1]),
    last=st.sampled_from([None, -1, 0, 1]),
)
def test_a_state_is_taken_if_samples_lead_to_it(
    zeros: ZeroRule, samples: int, count: int, first: int | None, last: int | None
) -> None:
    counter = ZeroCrossingCounter(zeros)
    state = (0, samples, count, first, last)
    if state in reached(zeros):
        counter.__setstate__(state)
        assert counter.__reduce__()[2] == state
    elif zeros != "strict":
        with pytest.raises(ValueError, match="no samples lead"):
            counter.__setstate__(state)


@cache
def reached(zeros: ZeroRule) -> set[tuple[Any, ...]]:
    """Return the states after each of the signals of at most five signs."""
    signals = chain.from_iterable(product([-1, 0, 1], repeat=length) for length in range(6))
    return {counter_of([*signal], zeros).__reduce__()[2] for signal in signals}


@pytest.mark.parametrize(
    "state",
    [
        None,
        (),
        (0, 1, 0, 1),
        (0, 1, 0, 1, 1, 1),
        (0, -1, 0, None, None),
        (0, 2**64, 0, 1, 1),
        (0, 1, 1, 1, -1),
        (0, 2**64 - 1, 2**64 - 1, 1, -1),
        (0, 3, 2.0, 1, 1),
        (0, 3, 0, 2, 2),
        (0, 3, 0, 300, 300),
        (0, 3, 0, "1", 1),
    ],
)
@pytest.mark.parametrize("zeros", RULES)
def test_a_forged_state_is_refused_and_changes_nothing(zeros: ZeroRule, state: Any) -> None:
    counter = counter_of([1, -1, 1], zeros)
    with pytest.raises((TypeError, ValueError, OverflowError)):
        counter.__setstate__(state)
    assert counter == counter_of([1, -1, 1], zeros)


def test_a_counter_never_wraps() -> None:
    counter = counter_of([1, -1], "neutral")
    for _ in range(62):
        counter.merge(counter)
    assert (counter.samples, counter.count) == (2**63, 2**63 - 1)
    before = copy.copy(counter)
    with pytest.raises(OverflowError, match="too many samples"):
        counter.merge(counter)
    assert counter == before
    counter.__setstate__((0, 2**64 - 1, 0, 1, 1))
    with pytest.raises(OverflowError, match="too many samples"):
        counter.update(Signal([-1]))
    assert (counter.samples, counter.count, counter.update(Signal([]))) == (2**64 - 1, 0, 0)


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
