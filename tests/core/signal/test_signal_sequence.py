"""A `Signal` is a sequence of int, like a tuple."""

import copy
import operator
import pickle
import weakref
from collections.abc import Callable, Hashable, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import Signal

LOW, HIGH = -(2**31), 2**31 - 1
SAMPLES = st.lists(st.integers(-3, 3) | st.sampled_from([LOW, HIGH]), max_size=40)
EDGE = st.none() | st.integers(-45, 45) | st.sampled_from([-(2**80), -(2**63), 2**63 - 1, 2**80])
STEP = EDGE.filter(lambda step: step != 0)


def outcome(call: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a call returns, or the type of its error."""
    try:
        return call(*arguments)
    except (ValueError, IndexError) as error:
        return type(error)


@given(samples=SAMPLES, start=EDGE, stop=EDGE, step=STEP)
def test_a_slice_is_a_signal(
    samples: list[int], start: int | None, stop: int | None, step: int | None
) -> None:
    part = Signal(samples)[start:stop:step]
    expected = samples[start:stop:step]
    assert part.to_list() == expected
    assert part == Signal(expected)
    assert (part.minimum, part.count_zero_crossings()) == (
        Signal(expected).minimum,
        Signal(expected).count_zero_crossings(),
    )


@given(samples=SAMPLES, index=st.integers(-45, 45) | st.sampled_from([2**62, 2**80, -(2**80)]))
def test_items_are_those_of_a_tuple(samples: list[int], index: int) -> None:
    signal, same = Signal(samples), tuple(samples)
    assert outcome(operator.getitem, signal, index) == outcome(operator.getitem, same, index)
    assert [*reversed(signal)] == [*reversed(same)]


@given(
    samples=SAMPLES,
    value=st.integers(-4, 4) | st.sampled_from([LOW, HIGH, HIGH + 1, LOW - 1, 2**400]),
    start=EDGE.filter(lambda edge: edge is not None),
    stop=EDGE.filter(lambda edge: edge is not None),
)
def test_values_are_found_where_a_tuple_has_them(
    samples: list[int], value: int, start: int, stop: int
) -> None:
    signal, same = Signal(samples), tuple(samples)
    assert (value in signal) == (value in same)
    assert signal.count(value) == same.count(value)
    assert outcome(signal.index, value) == outcome(same.index, value)
    assert outcome(signal.index, value, start, stop) == outcome(same.index, value, start, stop)


@pytest.mark.parametrize(
    "value",
    [1.0, 1.5, True, float("nan"), float("inf"), Fraction(1), 1 + Fraction(1, 10**30), "1", None],
)
def test_other_values_equal_a_sample_or_none(value: object) -> None:
    samples = [0, 1, 5]
    assert (value in Signal(samples)) == (value in samples)
    assert Signal(samples).count(value) == samples.count(value)  # type: ignore[arg-type]
    assert np.int64(5) in Signal(samples)


def test_a_number_that_fails_fails_as_it_does() -> None:
    class Broken:
        def __float__(self) -> float:
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        Signal([1]).count(Broken())


def test_other_keys_are_refused() -> None:
    for key in ("0", 1.0, None, (0, 1)):
        with pytest.raises(TypeError):
            Signal([1])[key]  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="zero"):
        Signal([1])[::0]
    assert Signal([4, 5])[np.int8(-1)] == 5


def test_it_is_known_as_a_sequence() -> None:
    signal: object = Signal([3, 1, 4])
    assert isinstance(signal, Sequence)
    match signal:
        case [first, *rest]:
            assert (first, rest) == (3, [1, 4])
        case _:
            pytest.fail("no sequence")


@given(samples=SAMPLES, others=SAMPLES)
def test_equal_signals_hash_alike(samples: list[int], others: list[int]) -> None:
    signal, same, other = Signal(samples), Signal([*samples, 0])[:-1], Signal(others)
    assert signal == same
    assert hash(signal) == hash(same)
    assert (signal == other) == (samples == others)
    assert len({signal, same, other}) == len({tuple(samples), tuple(others)})
    assert isinstance(signal, Hashable)
    assert signal != samples


def test_a_copy_is_the_signal_itself() -> None:
    signal = Signal([1, 2])
    assert copy.copy(signal) is copy.deepcopy(signal) is signal
    assert copy.deepcopy([signal])[0] is signal
    assert signal[:] == signal
    assert hash(pickle.loads(pickle.dumps(signal))) == hash(signal)


def test_a_signal_can_be_referred_to_weakly() -> None:
    signal = Signal([1])
    reference = weakref.ref(signal)
    assert reference() is signal
    del signal
    assert reference() is None
