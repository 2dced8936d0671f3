"""Counters that are stored, copied and compared go on as the first would; a forged state is refused."""

import copy
import pickle
from array import array
from functools import cache
from itertools import chain, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal, ZeroCrossingCounter, ZeroRule
from tests.core.counting.counters import CHUNKS, counter_of
from tests.core.counting.test_crossings import RULES


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
    state = (0, samples, count, first, last, False, None)
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
        (0, 1, 0, 1, 1, False),
        (0, 1, 0, 1, 1, False, None, 1),
        (0, 1, 0, 1, 1, True, None),
        (0, 0, 0, None, None, True, -9),
        (0, 1, 0, 2, None, True, -9),
        (0, 3, 3, 1, None, True, -9),
        *(
            (*state, False, None)
            for state in (
                (0, -1, 0, None, None),
                (0, 2**64, 0, 1, 1),
                (0, 1, 1, 1, -1),
                (0, 2**64 - 1, 2**64 - 1, 1, -1),
                (0, 3, 2.0, 1, 1),
                (0, 3, 0, 2, 2),
                (0, 3, 0, 300, 300),
                (0, 3, 0, "1", 1),
            )
        ),
    ],
)
@pytest.mark.parametrize("zeros", RULES)
def test_a_forged_state_is_refused_and_changes_nothing(zeros: ZeroRule, state: Any) -> None:
    counter = counter_of([1, -1, 1], zeros)
    with pytest.raises((TypeError, ValueError)):
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
    counter.__setstate__((0, 2**64 - 1, 0, 1, 1, False, None))
    with pytest.raises(OverflowError, match="too many samples"):
        counter.update(Signal([-1]))
    assert (counter.samples, counter.count, counter.update(Signal([]))) == (2**64 - 1, 0, 0)
