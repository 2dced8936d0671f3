"""Blobs with right checksums around anything else."""

import random
import struct
from contextlib import suppress

import pytest

from ecg_core import BlobError, Signal, blob_info, pack, unpack, unpack_lead


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
        (4, 0, b""),
    ]:
        with pytest.raises(BlobError):
            unpack(forged(codec, count, payload))


ENTRY = struct.Struct(
    "<IIiiIIII"
)  # codec, samples, minimum, maximum, crossings, offset, length, checksum


def repaired(blob: bytes) -> bytes:
    """The same with right checksums, as far as its table has sense."""
    [leads] = struct.unpack_from("<I", blob, 8)
    found = bytearray(blob)
    with suppress(struct.error):
        for lead in range(leads):
            *_, offset, length, _ = ENTRY.unpack_from(found, 16 + 32 * lead)
            struct.pack_into(
                "<I", found, 44 + 32 * lead, crc32c(bytes(found[offset : offset + length]))
            )
        table = found[16 : 16 + 32 * leads]
        struct.pack_into("<I", found, 12, crc32c(bytes(found[:12] + table)))
    return bytes(found)


def test_blobs_that_are_changed_and_repaired_say_the_same_everywhere() -> None:
    dice, accepted = random.Random(5), 0
    signals = [Signal([dice.randrange(-limit, limit) for _ in range(130)]) for limit in (2, 900)]
    blob = pack([*signals, Signal([])])
    assert repaired(blob) == blob
    for _ in range(800):
        changed = bytearray(blob)
        for _ in range(dice.choice([1, 1, 2])):
            place = dice.choice([dice.randrange(16, 112), dice.randrange(112, len(blob))])
            changed[place] ^= 1 << dice.randrange(8)
        accepted += is_the_same_everywhere(repaired(bytes(changed)))
    assert 10 < accepted < 790


def is_the_same_everywhere(blob: bytes) -> bool:
    try:
        signals = unpack(blob)
    except BlobError:
        return False
    samples = sum(map(len, signals))
    assert [tuple(lead) for lead in blob_info(blob)] == [
        (len(s), s.minimum, s.maximum, s.count_zero_crossings()) for s in signals
    ]
    assert [unpack_lead(blob, i) for i in range(len(signals))] == signals
    assert unpack(blob, max_samples=samples) == signals
    with pytest.raises(BlobError, match="more than"):
        unpack(blob, max_samples=samples - 1)
    return True
