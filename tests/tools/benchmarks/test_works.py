"""What the benchmarks compare must give the same."""

import json
from typing import Any

import numpy as np
import pytest

from benchmarks.core.peers import numpy_count
from benchmarks.core.works import (
    ANSWER,
    COUNT,
    DTYPES,
    PACK,
    READ,
    TAKE,
    UNPACK,
    WRITE,
    counted,
    works,
)
from ecg_core import count_zero_crossings, unpack

WORKS = {work.name: work for work in works()}
ECGS = {"12 x 5,000": [5_000] * 12, "12 x 500": [500] * 12, "MIT-BIH": [3_600] * 22}


def results(name: str) -> dict[str, Any]:
    return {c.name: c.call() for c in WORKS[name].candidates if c.call}


def test_ecg_core_is_the_first_of_every_work() -> None:
    assert {work.candidates[0].name for work in WORKS.values()} == {"ecg_core"}


@pytest.mark.parametrize("dtype", DTYPES)
def test_counts_are_those_of_numpy(dtype: str) -> None:
    """NumPy takes zero for positive; without the zeros it counts as ecg_core does by itself."""
    found, samples = results(COUNT.format(dtype)), counted().astype(dtype)
    assert (samples == 0).any()
    assert found["NumPy signbit"] == found["NumPy x < 0"]
    assert found["NumPy signbit"] == count_zero_crossings(samples, zeros="positive")
    assert found["ecg_core"] == numpy_count(samples[samples != 0])
    assert (found["ecg_core"] > 0) == (np.dtype(dtype).kind in "if")


def test_without_zeros_all_count_the_same() -> None:
    names = [name for name in WORKS if "no zeros" in name]
    assert len(names) == 3
    for name in names:
        assert len(set(results(name).values())) == 1


@pytest.mark.parametrize("ecg", ECGS)
def test_readers_and_writers_agree(ecg: str) -> None:
    read, written = results(READ.format(ecg)), results(WRITE.format(ecg))
    assert written["ecg_core"] == written["msgspec"]
    signals = [lead["signal"] for lead in read["json"]["leads"]]
    assert [json.loads(text) for text in written["ecg_core"]] == signals
    assert [len(signal) for signal in signals] == ECGS[ecg]


@pytest.mark.parametrize("ecg", ECGS)
def test_blobs_become_the_json_that_was_packed(ecg: str) -> None:
    answered, written = results(ANSWER.format(ecg)), results(WRITE.format(ecg))
    assert len(answered) >= 3
    assert all(texts == written["ecg_core"] for texts in answered.values())


@pytest.mark.parametrize("ecg", ["12 x 5,000", "12 x 500"])
def test_all_formats_store_the_same(ecg: str) -> None:
    first, *others = results(TAKE.format(ecg)).values()
    assert first[0][0] == 12
    assert len(others) == 3
    assert all(other == first for other in others)


@pytest.mark.parametrize("ecg", ECGS)
def test_what_is_packed_is_unpacked(ecg: str) -> None:
    unpacked = results(UNPACK.format(ecg))
    ours = [np.asarray(signal) for signal in unpacked.pop("ecg_core")]
    assert [len(signal) for signal in unpack(results(PACK.format(ecg))["ecg_core"])] == ECGS[ecg]
    assert len(unpacked) >= 3
    for leads in unpacked.values():
        assert all(map(np.array_equal, ours, leads))
