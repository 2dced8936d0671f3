"""What a blob says of its leads equals what unpacking finds."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import BlobError, LeadInfo, Signal, blob_info, pack, unpack

FIXTURE = (Path(__file__).parent / "fixtures" / "v1.blob").read_bytes()
LEAD = st.lists(st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 2), max_size=200)


@given(leads=st.lists(LEAD, max_size=4))
def test_it_says_what_unpacking_finds(leads: list[list[int]]) -> None:
    blob = pack(map(Signal, leads))
    assert blob_info(blob) == [
        LeadInfo(len(signal), signal.minimum, signal.maximum, signal.count_zero_crossings())
        for signal in unpack(blob)
    ]


def test_blobs_of_the_past_are_told_too() -> None:
    assert [lead.samples for lead in blob_info(FIXTURE)] == [300, 4, 0, 130, 256]
    assert blob_info(FIXTURE)[1:3] == [
        LeadInfo(4, -(2**31), 2**31 - 1, 2),
        LeadInfo(samples=0, minimum=None, maximum=None, zero_crossings=0),
    ]


def test_only_the_header_is_verified() -> None:
    table = 16 + 32 * len(blob_info(FIXTURE))
    for byte in range(len(FIXTURE)):
        damaged = bytearray(FIXTURE)
        damaged[byte] ^= 1
        if byte < table:
            with pytest.raises(BlobError):
                blob_info(damaged)
        else:
            assert blob_info(damaged) == blob_info(FIXTURE)
    for length in range(len(FIXTURE)):
        with pytest.raises(BlobError):
            blob_info(FIXTURE[:length])
