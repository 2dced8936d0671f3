"""A blob says how many samples it has before memory is taken for them, and its reader may say how many it takes."""

from collections.abc import Callable

import pytest

from ecg_core import BlobError, Signal, pack, unpack, unpack_between, unpack_json, unpack_lead

BLOB = pack([Signal([7] * 10), Signal([-1] * 5)])


def test_as_many_as_there_are_may_be_taken() -> None:
    assert [len(signal) for signal in unpack(BLOB, max_samples=15)] == [10, 5]
    assert len(unpack_lead(BLOB, 0, 4, max_samples=6)) == 6
    assert unpack(pack([]), max_samples=0) == []
    assert [text.count(b",") for text in unpack_json(BLOB, max_samples=15)] == [9, 4]


@pytest.mark.parametrize(
    ("work", "message"),
    [
        (lambda: unpack(BLOB, max_samples=14), "15 samples, more than 14"),
        (lambda: unpack(BLOB, max_samples=0), "15 samples, more than 0"),
        (lambda: unpack_json(BLOB, max_samples=13), "15 samples, more than 13"),
        (lambda: unpack_between(BLOB, [], max_samples=12), "15 samples, more than 12"),
        (lambda: unpack_lead(BLOB, 0, max_samples=9), "10 samples, more than 9"),
        (lambda: unpack_lead(BLOB, 1, 2, 5, max_samples=2), "3 samples, more than 2"),
    ],
)
def test_one_more_is_an_error(work: Callable[[], object], message: str) -> None:
    with pytest.raises(BlobError, match=f"^{message}$"):
        work()


@pytest.mark.parametrize(
    "work",
    [
        lambda: unpack(BLOB, max_samples=-1),
        lambda: unpack_json(BLOB, max_samples=-1),
        lambda: unpack_between(BLOB, [], max_samples=-1),
        lambda: unpack_lead(BLOB, 0, max_samples=-1),
    ],
    ids=["unpack", "unpack_json", "unpack_between", "unpack_lead"],
)
def test_a_negative_number_is_an_error(work: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"^max_samples must not be negative$"):
        work()
