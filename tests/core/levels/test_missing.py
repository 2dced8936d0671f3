"""Missing samples are gaps: each run between them counts by itself, whatever says where they are."""

import math
import pickle
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import (
    ZeroCrossingCounter,
    ZeroRule,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)
from tests.core.counting.test_crossings import RULES
from tests.core.levels.gaps import GAPPY, SENTINEL, Gappy, around, filled, forms, masked


@given(samples=GAPPY, zeros=st.sampled_from(RULES))
def test_counts_and_places_equal_the_reference(samples: Gappy, zeros: ZeroRule) -> None:
    expected = around(samples, zeros)
    for form, missing in forms(samples):
        assert count_zero_crossings(form, zeros=zeros, missing=missing) == len(expected)
        assert zero_crossings(form, zeros=zeros, missing=missing).tolist() == expected
        mask = zero_crossings_mask(form, zeros=zeros, missing=missing)
        assert (len(mask), np.flatnonzero(mask).tolist()) == (len(samples), expected)


@given(
    samples=GAPPY.filter(bool),
    zeros=st.sampled_from(RULES),
    length=st.integers(1, 50),
    hop=st.integers(1, 9),
    center=st.sampled_from([True, False]),
)
def test_a_rate_is_that_of_the_frames(
    samples: Gappy, zeros: ZeroRule, length: int, hop: int, *, center: bool
) -> None:
    copies = length // 2 if center else 0
    padded = [*samples[:1] * copies, *samples, *samples[-1:] * copies]
    if len(padded) < length:
        return
    starts = range(0, len(padded) - length + 1, hop)
    expected = [len(around(padded[start : start + length], zeros)) / length for start in starts]
    for form, missing in (
        (filled(samples, "int16", SENTINEL), SENTINEL),
        (filled(samples, "float64", math.nan), math.nan),
        (masked(samples, "int32"), math.nan),
    ):
        rate = zero_crossing_rate(
            form, frame_length=length, hop_length=hop, center=center, zeros=zeros, missing=missing
        )
        assert rate.tolist() == [expected]


@given(chunks=st.lists(GAPPY, max_size=5), zeros=st.sampled_from(RULES), data=st.data())
def test_chunks_merge_in_any_grouping(
    chunks: list[Gappy], zeros: ZeroRule, data: st.DataObject
) -> None:
    whole = [sample for chunk in chunks for sample in chunk]
    one = ZeroCrossingCounter(zeros, missing=math.nan)
    counters = [ZeroCrossingCounter(zeros, missing=math.nan)]
    for chunk in chunks:
        counters.append(ZeroCrossingCounter(zeros, missing=math.nan))
        for counter in (one, counters[-1]):
            before = counter.count
            form = data.draw(
                st.sampled_from([masked(chunk, "int16"), filled(chunk, "f8", math.nan)])
            )
            assert counter.update(form) == counter.count - before
        counters[-1] = pickle.loads(pickle.dumps(counters[-1]))
    while len(counters) > 1:
        index = data.draw(st.integers(0, len(counters) - 2))
        counters[index].merge(counters.pop(index + 1))
    assert counters[0].count == one.count == len(around(whole, zeros))


@given(
    gaps=st.lists(st.booleans(), min_size=24, max_size=24),
    axis=st.integers(-3, 2),
    order=st.sampled_from("CF"),
)
def test_masks_have_axes(gaps: list[bool], axis: int, order: Any) -> None:
    values = np.resize([1, -1, 0, 1, 1, -1, -1], (2, 3, 4)).astype("int16", order=order)
    samples = cast("Any", np.ma).array(values, mask=np.reshape(gaps, (2, 3, 4)))
    for form in (samples, samples[:, ::-1], samples[..., ::2]):
        lanes = np.moveaxis(form.filled(SENTINEL), axis, -1).tolist()
        expected = [
            [
                len(around([None if sample == SENTINEL else sample for sample in lane], "neutral"))
                for lane in plane
            ]
            for plane in lanes
        ]
        counts = count_zero_crossings(form, axis=axis, missing=math.nan)
        assert isinstance(counts, np.ndarray)
        assert counts.tolist() == expected
        mask = zero_crossings_mask(form, axis=axis, missing=math.nan)
        assert mask.sum(axis).tolist() == expected
        assert np.argwhere(mask).tolist() == zero_crossings(form, axis=axis, missing=0.5).tolist()
        rate = zero_crossing_rate(
            form, axis=axis, missing=math.nan, frame_length=form.shape[axis], center=False
        )
        assert np.allclose(rate[..., 0, 0] * form.shape[axis], expected)


def test_all_missing_has_no_crossing() -> None:
    for form, missing in forms([None] * 200):
        for zeros in RULES:
            assert count_zero_crossings(form, zeros=zeros, missing=missing) == 0
            assert not len(zero_crossings(form, zeros=zeros, missing=missing))
            assert not zero_crossing_rate(form, zeros=zeros, missing=missing, hop_length=9).any()


def test_samples_are_missing_only_where_asked() -> None:
    samples = np.array([1.0, -9.0, np.nan, -1.0])
    with pytest.raises(ValueError, match=r"^NaN at index 2$"):
        count_zero_crossings(samples, missing=-9)
    counter = ZeroCrossingCounter(missing=-9)
    with pytest.raises(ValueError, match=r"^NaN at index 2$"):
        counter.update(samples)
    assert (counter.count, counter.update(np.array([1, -1]))) == (0, 1)
    with pytest.raises(ValueError, match=r"^NaN at index \(1, 2\)$"):
        count_zero_crossings(np.stack([samples[[0, 0, 1, 1]], samples]), missing=-9)
    # beneath a mask is no NaN
    assert count_zero_crossings(np.ma.masked_invalid([1, np.nan, -1, 1]), missing=-9) == 1
    assert count_zero_crossings(np.array([1, -9, -1]), missing=None) == 1


def test_counters_say_what_is_missing() -> None:
    counters = [ZeroCrossingCounter(missing=missing) for missing in (None, -9, math.nan)]
    assert [counter.missing for counter in counters[:2]] == [None, -9]
    assert counters[2] == ZeroCrossingCounter(missing=math.nan)
    assert counters[0] != counters[1] != counters[2]
    for counter in counters[1:]:
        counter.update(np.ma.masked_equal([1, -9, -1], -9))
        assert (counter.samples, counter.count) == (3, 0)
        assert pickle.loads(pickle.dumps(counter)) == counter
