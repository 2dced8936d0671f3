"""Whatever argument is odd, the error is one of three kinds and has a sentence."""

import math
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from ecg_core import (
    LeadInfo,
    Reading,
    Signal,
    ZeroCrossingCounter,
    blob_info,
    count_zero_crossings,
    lift_signals,
    pack,
    parse_signal,
    read_batch,
    unpack,
    unpack_between,
    unpack_json,
    unpack_lead,
    zero_crossing_rate,
    zero_crossings,
    zero_crossings_mask,
)

SIGNAL = Signal([3, -1, 2])
BLOB = pack([SIGNAL])
DOCUMENT = b'{"signal": [1, -2]}'
COUNTING: dict[str, Any] = {"zeros": "neutral", "baseline": 0, "missing": None}
ALONG: dict[str, Any] = {**COUNTING, "axis": -1}

CALLS: list[tuple[Callable[..., Any], list[Any], dict[str, Any]]] = [
    (count_zero_crossings, [SIGNAL], ALONG),
    (count_zero_crossings, [np.array([1.0, -1.0])], ALONG),
    (count_zero_crossings, [np.array([[1, -1]])], ALONG),
    (zero_crossings, [[1, -1]], ALONG),
    (zero_crossings_mask, [[[1, -1]]], {**ALONG, "pad": False}),
    (zero_crossing_rate, [SIGNAL], {**ALONG, "frame_length": 2, "hop_length": 1, "center": True}),
    (ZeroCrossingCounter, [], COUNTING),
    (ZeroCrossingCounter().update, [SIGNAL], {}),
    (ZeroCrossingCounter().merge, [ZeroCrossingCounter()], {}),
    (ZeroCrossingCounter().__setstate__, [(0, 1, 0, 1, 1, False, None)], {}),
    (Signal, [SIGNAL], {"missing": None}),
    (SIGNAL.count_zero_crossings, [], COUNTING),
    (SIGNAL.extremes, [], {"missing": None}),
    (SIGNAL.average, [], {"baseline": 0, "missing": None}),
    (SIGNAL.rms, [], {"baseline": 0, "missing": None}),
    (SIGNAL.thin, [2], {"missing": None}),
    (SIGNAL.index, [3, 0, 3], {}),
    (SIGNAL.count, [3], {}),
    (SIGNAL.__getitem__, [0], {}),
    (SIGNAL.__contains__, [3], {}),
    (SIGNAL.__eq__, [SIGNAL], {}),
    (pack, [[SIGNAL]], {"missing": None}),
    (unpack, [BLOB], {"max_samples": None}),
    (unpack_json, [BLOB], {"max_samples": None}),
    (unpack_between, [BLOB, [b"", b""]], {"max_samples": None}),
    (unpack_lead, [BLOB, 0, 0, None], {"max_samples": None}),
    (blob_info, [BLOB], {}),
    (parse_signal, [b"[1, -2]"], {}),
    (lift_signals, [DOCUMENT], {"key": "signal"}),
    (read_batch, [[DOCUMENT]], {"key": "signal", "max_signals": None}),
    (Reading, [b"{}", BLOB], {}),
    (LeadInfo, [1, 1, 1, 1], {}),
]

ODD: dict[str, Any] = {
    "None": None,
    "huge": 10**30,
    "very huge": 10**400,
    "negative": -1,
    "hugely negative": -(10**30),
    "half": 0.5,
    "infinity": math.inf,
    "NaN": math.nan,
    "Decimal": Decimal("1e400"),
    "complex": 1j,
    "text": "text",
    "no UTF-8": "\ud800",
    "bytes": b"bytes",
    "numbers": [2**64, 0.5],
    "rows": [[1, 2], [3]],
    "mixed": [10**30, None],
    "objects": np.array([None]),
    "empty": [],
    "dict": {"II": [1]},
    "set": {1},
    "object": object(),
    "type": int,
    "timedelta": timedelta(1),
    "timedelta64": np.timedelta64(1, "s"),
    "text of NumPy": np.array("1"),
    "memory": memoryview(b"memory")[::2],
    "signal": SIGNAL,
    "counter": ZeroCrossingCounter(),
}


def odd_calls(odd: Any) -> list[Callable[[], object]]:
    """Each call, with each of its arguments replaced."""
    calls: list[Callable[[], object]] = []
    for function, given, options in CALLS:
        for index in range(len(given)):
            changed = [*given[:index], odd, *given[index + 1 :]]
            calls.append(lambda f=function, a=changed, o=options: f(*a, **o))
        for name in options:
            changed = {**options, name: odd}
            calls.append(lambda f=function, a=given, o=changed: f(*a, **o))
    return calls


def error_of(call: Callable[[], object]) -> BaseException | None:
    try:
        call()
    except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
        return error
    return None


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_argument_is_an_error_with_a_sentence(odd: str) -> None:
    for call in odd_calls(ODD[odd]):
        error = error_of(call)
        assert error is None or isinstance(error, TypeError | ValueError | IndexError)
        assert error is None or " " in str(error)


def test_the_calls_are_right_as_they_are() -> None:
    for function, given, options in CALLS:
        function(*given, **options)


@pytest.mark.parametrize("function", [count_zero_crossings, zero_crossings, zero_crossings_mask])
def test_what_is_no_baseline_is_refused(function: Callable[..., Any]) -> None:
    for baseline in (None, timedelta(1), np.timedelta64(1, "s"), np.datetime64(1, "s"), 1j, "1"):
        for samples in ([1, -1], [1.5, -1]):
            with pytest.raises(TypeError, match="the baseline must be a real number"):
                function(samples, baseline=baseline)
    for samples in ([1, -1], [1.5, -1]):
        with pytest.raises(ValueError, match="beyond what the samples can be"):
            function(samples, baseline=Decimal("1e400"))


def test_indices_are_cut_like_those_of_slices() -> None:
    for start, stop in ((None, None), (-(10**30), 10**30), (0, None), (None, 10**30)):
        assert unpack_lead(BLOB, 0, start, stop) == SIGNAL
    assert unpack_lead(BLOB, 0, 10**30) == Signal([])
    assert unpack(BLOB, max_samples=10**30) == [SIGNAL]
    assert SIGNAL.thin(10**30)[1] == SIGNAL
    with pytest.raises(ValueError, match="max_points must be at least 2"):
        SIGNAL.thin(-(10**30))
    with pytest.raises(ValueError, match="max_samples must not be negative"):
        unpack(BLOB, max_samples=-(10**30))
    for lead in (10**30, -(10**30)):
        with pytest.raises(IndexError, match="no lead"):
            unpack_lead(BLOB, lead)
        with pytest.raises(ValueError, match="no axis"):
            count_zero_crossings(SIGNAL, axis=lead)


def test_a_rule_is_named() -> None:
    unknown: Any
    for unknown in (None, 1, b"strict"):
        with pytest.raises(TypeError, match=r"^zeros must be one of neutral, .*; got [a-zA-Z]+\b"):
            count_zero_crossings(SIGNAL, zeros=unknown)


def test_text_has_to_be_encoded() -> None:
    reads: list[Callable[[Any], Any]] = [parse_signal, lift_signals, unpack, blob_info]
    for read in reads:
        with pytest.raises(TypeError, match=r"^expected bytes, got str: encode it first"):
            read("[1]")
        with pytest.raises(TypeError, match=r"^expected bytes, got NoneType$"):
            read(None)
    single: Any
    for single in (DOCUMENT, bytearray(DOCUMENT), memoryview(DOCUMENT), "{}", 5):
        with pytest.raises(
            TypeError, match=r"expected an iterable of documents, got .* in a list$"
        ):
            read_batch(single)
