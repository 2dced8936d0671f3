"""The rules against the libraries that have them, in every format, along every axis, in frames."""

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from ecg_core import (
    ZeroCrossingCounter,
    count_zero_crossings,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)
from tests.oracle.libraries import antropy, librosa, neurokit, tsfresh
from tests.oracle.signals import FLOATS, FORMATS, INTEGERS

SIGNED = [name for name in FORMATS if name[0] in "if"]


@st.composite
def signals(draw: st.DrawFn, formats: list[str]) -> Any:
    """Draw integers in any format and with any step."""
    x = np.array(draw(INTEGERS)).astype(draw(st.sampled_from(formats)))
    return x[:: draw(st.sampled_from([1, 2, -1, -3]))]


@given(x=signals(SIGNED) | FLOATS)
def test_positive_is_librosa(x: Any) -> None:
    wanted = librosa.zero_crossings(x, threshold=0, pad=False)
    assert count_zero_crossings(x, zeros="positive") == wanted.sum()
    assert zero_crossings(x, zeros="positive").tolist() == np.flatnonzero(wanted).tolist()
    for pad in (True, False):
        padded = librosa.zero_crossings(x, threshold=0, pad=pad)
        assert zero_crossings_mask(x, zeros="positive", pad=pad).tolist() == padded.tolist()


@given(x=signals(SIGNED) | FLOATS)
def test_distinct_is_librosa_without_positive_zeros(x: Any) -> None:
    wanted = librosa.zero_crossings(x, threshold=0, zero_pos=False, pad=False)
    assert zero_crossings_mask(x, zeros="distinct").tolist() == wanted.tolist()


@given(x=FLOATS, threshold=st.sampled_from([1e-10, 1e-12, 1.0]))
def test_a_threshold_makes_zeros_of_smaller_values(x: Any, threshold: float) -> None:
    wanted = librosa.zero_crossings(x, threshold=threshold, pad=False)
    clipped = np.where(np.abs(x) <= threshold, 0, x)
    assert zero_crossings_mask(clipped, zeros="positive").tolist() == wanted.tolist()


@given(
    x=FLOATS,
    frame_length=st.integers(1, 40),
    hop_length=st.integers(1, 50),
    center=st.booleans(),
    zero_pos=st.booleans(),
)
def test_rates_are_librosas_to_the_last_bit(*, x: Any, zero_pos: bool, **frames: Any) -> None:
    assume(np.isfinite(x).all() and (frames["center"] or len(x) >= frames["frame_length"]))
    wanted = librosa.feature.zero_crossing_rate(x, threshold=0, zero_pos=zero_pos, **frames)
    found = zero_crossing_rate(x, zeros="positive" if zero_pos else "distinct", **frames)
    assert found.dtype == wanted.dtype
    assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("samples", [1, 511, 512, 5_000])
@pytest.mark.parametrize("center", [True, False])
def test_frames_are_librosas_by_default(samples: int, *, center: bool) -> None:
    x = np.random.default_rng(samples).integers(-2, 3, samples).astype(float)
    if not center and samples < 2048:
        with pytest.raises(librosa.ParameterError, match="too short"):
            librosa.feature.zero_crossing_rate(x, center=center)
        with pytest.raises(ValueError, match="less than a frame"):
            zero_crossing_rate(x, center=center)
        return
    wanted = librosa.feature.zero_crossing_rate(x, center=center)
    assert zero_crossing_rate(x, zeros="positive", center=center).tolist() == wanted.tolist()


@given(
    x=arrays.arrays(
        st.sampled_from(SIGNED),
        arrays.array_shapes(min_dims=1, max_dims=4, max_side=9),
        elements=st.integers(-2, 2),
    ),
    data=st.data(),
)
def test_positive_is_antropy_along_every_axis(x: Any, data: st.DataObject) -> None:
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    form = data.draw(st.sampled_from([np.asarray, np.asfortranarray, np.transpose]))(x)
    assert equal(
        count_zero_crossings(form, zeros="positive", axis=axis),
        antropy.num_zerocross(form, axis=axis),
    )
    wanted = librosa.zero_crossings(form, threshold=0, pad=False, axis=axis).sum(axis=axis)
    assert equal(count_zero_crossings(form, zeros="positive", axis=axis), wanted)


@given(x=FLOATS)
def test_antropy_alone_counts_the_sign_of_zero(x: Any) -> None:
    assert antropy.num_zerocross(x + 0.0) == count_zero_crossings(x, zeros="positive")
    assert antropy.num_zerocross(x) == count_zero_crossings(np.copysign(1, x))


@given(x=signals(FORMATS) | FLOATS)
def test_negative_is_tsfresh(x: Any) -> None:
    assert count_zero_crossings(x, zeros="negative") == tsfresh.number_crossing_m(x, 0)


@given(x=signals(SIGNED) | FLOATS)
def test_distinct_is_neurokit_one_sample_later(x: Any) -> None:
    with np.errstate(invalid="ignore"):  # nothing is invalid: np.sign(inf) is 1
        before = neurokit.signal_zerocrossings(x)
    assert (zero_crossings(x, zeros="distinct") - 1).tolist() == before.tolist()


@given(x=signals(SIGNED))
def test_strict_is_the_product_of_neighbours(x: Any) -> None:
    wanted = np.flatnonzero(x[:-1] * x[1:] < 0) + 1
    assert zero_crossings(x, zeros="strict").tolist() == wanted.tolist()


@given(x=signals(SIGNED) | FLOATS)
def test_neutral_is_any_other_rule_without_the_zeros(x: Any) -> None:
    (places,) = np.nonzero(x)
    count = count_zero_crossings(x, zeros="neutral")
    assert count == tsfresh.number_crossing_m(x[places], 0)
    assert count == len(neurokit.signal_zerocrossings(x[places]))
    wanted = places[neurokit.signal_zerocrossings(x[places]) + 1]
    assert zero_crossings(x).tolist() == wanted.tolist()


@given(chunks=st.lists(FLOATS, min_size=1, max_size=5))
def test_chunks_are_counted_like_the_whole(chunks: list[Any]) -> None:
    counter = ZeroCrossingCounter("negative")
    for chunk in chunks:
        counter.update(chunk)
    assert counter.count == tsfresh.number_crossing_m(np.concatenate(chunks), 0)


def equal(left: Any, right: Any) -> bool:
    return np.shape(left) == np.shape(right) and bool(np.all(left == right))
