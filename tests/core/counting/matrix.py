"""Counts every type of sample, in every layout, by every rule, and compares with a reference: run by `test_isa.py`."""

import math
import random
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import Any, get_args

import numpy as np

import ecg_core
import ecg_core._ecg_core as core
from ecg_core import ZeroRule

DTYPES = ("?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8")
LENGTHS = (0, 1, 2, 63, 64, 65, 130)


def reference(samples: list[Any], zeros: str, baseline: Any, missing: Any) -> Iterator[int]:
    last = None
    for index, sample in enumerate(samples):
        if sample == missing or sample != sample:  # noqa: PLR0124 - NaN
            last = None
            continue
        sign = (sample > baseline) - (sample < baseline)
        sign = sign or {"positive": 1, "negative": -1}.get(zeros, 0)
        if sign == 0 and zeros == "neutral":
            continue
        if last is not None and (sign * last < 0 or (zeros == "distinct" and sign != last)):
            yield index
        last = sign


def values(dtype: Any, dice: random.Random) -> list[Any]:
    """Return a few values close together, somewhere among those of the type."""
    if dtype.kind == "f":
        middle = dice.choice([0.0, 1024.0, float(np.finfo(dtype).smallest_subnormal), 3.5])
        near = dtype.type(middle)
        around = [
            np.nextafter(near, dtype.type(-np.inf)),
            near,
            np.nextafter(near, dtype.type(np.inf)),
        ]
        return [*map(float, around), -0.0, -math.inf, math.inf]
    if dtype.kind == "b":
        return [False, True]
    low, high = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    middle = dice.choice([low + 1, (low + high) // 2 + 1, high - 1])
    return [middle - 1, middle, middle + 1]


def layouts(lane: Any) -> Iterator[tuple[str, Any]]:
    yield "contiguous", lane
    yield "strided", np.repeat(lane, 3)[::3]
    yield "reversed", lane[::-1].copy()[::-1]
    unaligned = np.zeros(lane.nbytes + 1, "u1")[1:].view(lane.dtype)
    unaligned[:] = lane
    yield "unaligned", unaligned
    yield "rows", np.stack([lane, lane[::-1]])
    yield "columns", np.stack([lane, lane[::-1]], axis=1)
    short = lane.reshape(-1, next(length for length in (13, 9, 8, 1) if len(lane) % length == 0))
    yield "short rows", short
    yield "short columns", short.T.copy()


def check(x: Any, layout: str, zeros: ZeroRule, baseline: Any, missing: Any) -> None:
    options: dict[str, Any] = {"zeros": zeros, "baseline": baseline, "missing": missing}
    axis = 0 if layout.endswith("columns") else -1
    lanes = np.atleast_2d(np.moveaxis(x, axis, -1))
    expected = [list(reference(lane.tolist(), zeros, baseline, missing)) for lane in lanes]
    case = (x.dtype, layout, lanes.shape[-1], options, lanes.tolist())
    counts = np.atleast_1d(ecg_core.count_zero_crossings(x, axis=axis, **options))
    assert counts.tolist() == [len(found) for found in expected], case
    mask = ecg_core.zero_crossings_mask(x, axis=axis, **options)
    rows = np.moveaxis(mask, axis, -1).reshape(lanes.shape)
    assert [np.flatnonzero(row).tolist() for row in rows] == expected, case
    indices = ecg_core.zero_crossings(x, axis=axis, **options).reshape(-1, x.ndim)
    assert indices.tolist() == np.argwhere(mask).tolist(), case


def merged(
    parts: list[Any], dice: random.Random, options: dict[str, Any]
) -> ecg_core.ZeroCrossingCounter:
    """Count each part by a counter of its own, and merge them in any grouping."""
    if len(parts) == 1:
        counter = ecg_core.ZeroCrossingCounter(**options)
        counter.update(parts[0])
        return counter
    cut = dice.randrange(1, len(parts))
    counter = merged(parts[:cut], dice, options)
    counter.merge(merged(parts[cut:], dice, options))
    return counter


def check_merges(zeros: ZeroRule, dice: random.Random) -> None:
    samples = [dice.choice([0, 1, 1, 2]) for _ in range(dice.randrange(200))]
    cuts = sorted(dice.choices(range(len(samples) + 1), k=dice.randrange(9)))
    pieces = [samples[start:stop] for start, stop in pairwise([0, *cuts, len(samples)])]
    parts = [np.array(piece, dice.choice(DTYPES[1:])) for piece in pieces]
    options = {
        "zeros": zeros,
        "baseline": dice.choice([0, 1, 1.5, 2]),
        "missing": dice.choice([None, 0, 1]),
    }
    expected = list(reference(samples, zeros, options["baseline"], options["missing"]))
    assert merged(parts, dice, options).count == len(expected), (parts, options)


def main() -> None:
    dice, cases = random.Random(13), 0
    for _, code, length, zeros in product(range(3), DTYPES, LENGTHS, get_args(ZeroRule)):
        dtype = np.dtype(code)
        some = values(dtype, dice)
        lane = np.array([dice.choice(some) for _ in range(length)], dtype)
        whole = dice.choice([0, 1, -7, 1024])
        baselines = [some[1], whole if dtype.kind == "f" else Fraction(2 * some[0] + 1, 2)]
        for (layout, x), baseline in product(layouts(lane), baselines):
            missing = dice.choice([None, None, some[0], math.nan])
            check(x, layout, zeros, float(baseline) if dtype.kind == "f" else baseline, missing)
            cases += 1
        check_merges(zeros, dice)
    print(vars(core)["_isa"], cases)  # noqa: T201 - to the test


if __name__ == "__main__":
    main()
