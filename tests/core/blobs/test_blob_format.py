"""What the documented decoder of blobs reads, and forged blocks of codec 2."""

import re
import struct
from collections.abc import Callable
from contextlib import suppress
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_core import BlobError, Signal, pack, unpack, unpack_lead

FIXTURES = Path(__file__).parent / "fixtures"
FORMAT = (Path(__file__).parents[3] / "docs" / "blob-format.md").read_text()
SLOPES = st.lists(st.integers(-900, 900), max_size=300)


def added_up(slopes: list[int]) -> list[int]:
    return list(accumulate(slopes))


LEAD = SLOPES | st.builds(added_up, SLOPES)


def documented(name: str) -> Callable[..., Any]:
    code: dict[str, Any] = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", FORMAT, re.DOTALL)), code)
    return code[name]


CRC32C = documented("crc32c")


def forged(count: int, payload: bytes) -> bytes:
    """A blob of one patched lead with right checksums and whatever else."""
    table = struct.pack("<IIiiIIII", 2, count, 0, 0, 0, 48, len(payload), CRC32C(payload))
    head = struct.pack("<4sII", b"ECGB", 1, 1)
    return head + struct.pack("<I", CRC32C(head + table)) + table + payload


def test_forged_blocks_are_judged_by_their_content() -> None:
    assert unpack(forged(128, bytes(4)))[0].to_list() == [0] * 128
    assert unpack(forged(0, b""))[0].to_list() == []
    zeros = b"\x80\x01" + bytes(2) + b"\x05\x00"  # order 2, a patch that adds nothing
    assert unpack(forged(128, zeros))[0].to_list() == [0] * 128
    for count, payload in [
        (2**32 - 1, bytes(100)),
        (129, bytes(4)),
        (128, bytes(3)),
        (128, bytes(5)),
        (128, b"\x21\x00" + bytes(2 + 33 * 16)),  # width 33
        (128, b"\xc0\x00" + bytes(2)),  # order 3
        (128, b"\x00\x11" + bytes(2 + 17 * 2)),  # 17 patches
        (128, b"\x00\x80" + bytes(2)),  # the last bit
        (128, b"\x00\x20" + bytes(2)),  # a first sample of 4 bytes
        (128, b"\x00\x01" + bytes(2)),  # a patch is missing
        (128, b"\x00\x00" + b"\1\0"),  # the table says that all samples are 0
    ]:
        with pytest.raises(BlobError):
            unpack(forged(count, payload))
        with suppress(BlobError):
            unpack_lead(forged(count, payload), 0, 100, 110)


@given(count=st.integers(0, 300), payload=st.binary(max_size=700))
def test_garbage_with_right_checksums_is_refused_or_read(count: int, payload: bytes) -> None:
    with suppress(BlobError):
        assert len(unpack(forged(count, payload))[0]) == count
    with suppress(BlobError):
        assert len(unpack_lead(forged(count, payload), 0)) == count


@given(body=st.binary(min_size=640, max_size=640), shape=st.integers(0, 255))
def test_any_body_decodes_as_documented(body: bytes, shape: int) -> None:
    width, order = shape & 63, shape >> 6
    if width > 32 or order > 2:
        return
    patches, wide = body[0] % 17, body[1] & 3
    size = 2 + 2 * (wide & 1) + patches * (2 + (wide & 2)) + 16 * width
    blob = forged(128, bytes([shape, patches | wide << 5]) + body[-size:])
    assert unpack_lead(blob, 0).to_list() == documented("decode")(blob)[0]


@given(leads=st.lists(LEAD, max_size=3))
def test_the_documented_decoder_reads_every_order(leads: list[list[int]]) -> None:
    assert documented("decode")(pack([Signal(lead) for lead in leads])) == leads


def test_the_documented_decoder_reads_the_fixtures() -> None:
    for path in FIXTURES.glob("*.blob"):
        blob = path.read_bytes()
        assert documented("decode")(blob) == [signal.to_list() for signal in unpack(blob)]
