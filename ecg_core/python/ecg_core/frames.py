"""Zero crossings in the shapes that librosa gives them: a mask of samples, and a rate per frame."""

# ruff: noqa: D416 - the sections are numpydoc's, as in the Rust half

from __future__ import annotations  # they name NumPy, which is optional

from operator import index
from typing import TYPE_CHECKING, Any

from ecg_core._ecg_core import (
    _buffer,  # pyright: ignore[reportPrivateUsage]
    count_zero_crossings,
    zero_crossings,
)

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from typing_extensions import Buffer

    from ecg_core._ecg_core import _Samples  # pyright: ignore[reportPrivateUsage]
    from ecg_core.zero_rule import ZeroRule


def zero_crossings_mask(
    signal: _Samples,
    /,
    *,
    zeros: ZeroRule = "neutral",
    baseline: float = 0,
    pad: bool = False,
) -> NDArray[np.bool_]:
    """Mark the samples at which a signal crosses zero.

    Parameters
    ----------
    signal : Signal or buffer
        Samples of one dimension, as for `count_zero_crossings`.
    zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
        What a zero counts as, as for `count_zero_crossings`.
    baseline : int or float, optional
        Subtracted first, as for `count_zero_crossings`.
    pad : bool, optional
        Whether the first sample counts as a crossing; librosa's default is that it does.

    Returns
    -------
    numpy.ndarray
        As many bool as there are samples, True at the sample after each crossing: what `zero_crossings`
        lists.

    Raises
    ------
    ImportError
        If NumPy is not installed.
    TypeError, ValueError
        As for `zero_crossings`.

    Notes
    -----
    `librosa.zero_crossings(y, threshold=0, pad=pad)` [1]_ is the rule `positive`, and `distinct` with
    `zero_pos=False`. Left alone, its `threshold` makes zeros of all values up to 1e-10.

    References
    ----------
    .. [1] https://librosa.org/doc/latest/generated/librosa.zero_crossings.html

    Examples
    --------
    >>> from ecg_core import Signal, zero_crossings_mask
    >>> zero_crossings_mask(Signal([3, 0, -2, 5]))
    array([False, False,  True,  True])
    """
    samples = _buffer(signal)
    crossings = zero_crossings(samples, zeros=zeros, baseline=baseline)
    import numpy as np  # noqa: PLC0415

    mask = np.zeros(len(_array(samples)), np.bool_)
    mask[crossings] = True
    mask[:1] |= pad
    return mask


def zero_crossing_rate(
    signal: _Samples,
    /,
    *,
    frame_length: int = 2048,
    hop_length: int = 512,
    center: bool = True,
    zeros: ZeroRule = "neutral",
    baseline: float = 0,
) -> NDArray[np.float64]:
    """Measure which part of the samples are zero crossings, frame by frame.

    Each frame is counted by itself: its first sample is no crossing, and under `neutral` a sign
    before it is not known.

    Parameters
    ----------
    signal : Signal or buffer
        Samples of one dimension, as for `count_zero_crossings`.
    frame_length : int, optional
        The length of a frame, in samples.
    hop_length : int, optional
        The distance between the starts of two frames, in samples.
    center : bool, optional
        Whether the first frame is centred on the first sample: the signal is continued at both ends
        by `frame_length // 2` copies of the first and the last sample.
    zeros : {'neutral', 'positive', 'negative', 'distinct', 'strict'}, optional
        What a zero counts as, as for `count_zero_crossings`.
    baseline : int or float, optional
        Subtracted first, as for `count_zero_crossings`.

    Returns
    -------
    numpy.ndarray
        Crossings per sample, float64 of shape `(1, frames)`, with
        `frames = 1 + (samples - frame_length) // hop_length`, where `samples` includes the copies. Samples
        after the last whole frame are left out.

    Raises
    ------
    ImportError
        If NumPy is not installed.
    TypeError
        As for `zero_crossings`, or if a length is no integer.
    ValueError
        As for `zero_crossings`, or if a length is below 1, or the signal is empty or shorter than a frame.

    Notes
    -----
    `librosa.feature.zero_crossing_rate(y, threshold=0)` [1]_ is the rule `positive`. Times the sampling
    rate in Hz this is crossings per second.

    References
    ----------
    .. [1] https://librosa.org/doc/latest/generated/librosa.feature.zero_crossing_rate.html

    Examples
    --------
    >>> from ecg_core import Signal, zero_crossing_rate
    >>> zero_crossing_rate(Signal([1, -1, 1, -1, 5, 5, 5, 5]), frame_length=4, hop_length=2)
    array([[0.25, 0.75, 0.5 , 0.  , 0.  ]])
    """
    length, hop = _at_least_1("frame_length", frame_length), _at_least_1("hop_length", hop_length)
    samples = _buffer(signal)
    # This names what is wrong by its index in the signal.
    zero_crossings(samples, zeros=zeros, baseline=baseline)
    import numpy as np  # noqa: PLC0415

    frames = _frames(_array(samples), length, hop, center=center)
    return np.atleast_2d(count_zero_crossings(frames, zeros=zeros, baseline=baseline)) / length


def _frames(samples: NDArray[Any], length: int, hop: int, *, center: bool) -> NDArray[Any]:
    """Return a view of shape `(frames, length)`."""
    import numpy as np  # noqa: PLC0415

    if not len(samples):
        raise ValueError("a signal without samples has no rate")
    if center:
        samples = np.pad(samples, length // 2, mode="edge")
    if len(samples) < length:
        raise ValueError(f"{len(samples)} samples are less than a frame of {length}")
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::hop]


def _array(samples: Buffer) -> NDArray[Any]:
    import numpy as np  # noqa: PLC0415

    return samples if isinstance(samples, np.ndarray) else np.asarray(memoryview(samples))


def _at_least_1(name: str, value: int) -> int:
    if index(value) < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return index(value)
