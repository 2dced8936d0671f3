"""Blobs with right checksums around anything else."""

import struct

import pytest

from ecg_core import BlobError, unpack


def forged(codec: int, count: int, payload: bytes) -> bytes:
    """A blob of one lead with right checksums and whatever else."""
    table = struct.pack("<IIiiIIII", codec, count, 0, 0, 0, 48, len(payload), crc32c(payload))
    head = struct.pack("<4sII", b"ECGB", 1, 1)
    return head + struct.pack("<I", crc32c(head + table)) + table + payload


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def test_forged_blobs_are_judged_by_their_content() -> None:
    assert unpack(forged(0, 2, bytes(8)))[0].to_list() == [0, 0]
    assert unpack(forged(1, 128, bytes(5)))[0].to_list() == [0] * 128
    for codec, count, payload in [
        (0, 3, bytes(8)),
        (0, 2, bytes(9)),
        (1, 2**32 - 1, bytes(100)),
        (1, 129, bytes(5)),
        (1, 128, bytes(6)),
        (1, 128, b"\x21" + bytes(4 + 33 * 16)),
        (1, 128, b"\xff" + bytes(4 + 255 * 16)),
        (1, 128, b"\x01" + bytes(4)),
        (0, 1, b"\1\0\0\0"),  # the table says that all samples are 0
        (3, 0, b""),
    ]:
        with pytest.raises(BlobError):
            unpack(forged(codec, count, payload))
