"""Codec 3: damaged and forged leads in runs."""

import struct
from contextlib import suppress

import pytest

from ecg_core import BlobError, open_blob, unpack, unpack_lead
from tests.core.blobs.test_blob_forged import crc32c
from tests.core.blobs.test_blob_runs import BLOB, DICE, PLACES, RUN, WAVE, entry


def test_damage_costs_the_windows_of_its_run() -> None:
    """A bit anywhere else is noticed by whoever looks there."""
    _, _, _, _, _, offset, length, _ = entry(0)
    lengths = [struct.unpack_from("<I", BLOB, offset + 8 * run)[0] for run in range(4)]
    at = offset + 4 * 8
    for run, size in enumerate(lengths):
        damaged = bytearray(BLOB)
        damaged[at + DICE.randrange(size)] ^= 1 << DICE.randrange(8)
        for other in range(4):
            window = (other * RUN, other * RUN + 50)
            if other == run:
                with pytest.raises(BlobError, match="damaged lead 0"):
                    unpack_lead(bytes(damaged), 0, *window)
            else:
                assert unpack_lead(bytes(damaged), 0, *window).to_list() == WAVE[slice(*window)]
        with pytest.raises(BlobError, match="damaged lead 0"):
            unpack(bytes(damaged))
        at += size
    assert at == offset + length


def test_flipped_bits_are_never_wrong_samples() -> None:
    for _ in range(150):
        damaged = bytearray(BLOB)
        place = DICE.choice([DICE.randrange(200), DICE.randrange(len(BLOB))])
        damaged[place] ^= 1 << DICE.randrange(8)
        with pytest.raises(BlobError):
            unpack(bytes(damaged))
        with suppress(BlobError):
            start = DICE.choice(PLACES)
            found = open_blob(bytes(damaged))[0][start : start + 90].unpack()
            assert found.to_list() == WAVE[start : start + 90]


def forged(count: int, index: list[tuple[int, int]], runs: bytes, *, checksum: int = 0) -> bytes:
    """A blob of one lead in runs, with right checksums but for that of the index, if one is given."""
    packed = b"".join(struct.pack("<II", *one) for one in index)
    payload = packed + runs
    checks = checksum or crc32c(packed)
    table = struct.pack("<IIiiIIII", 3, count, 0, 0, 0, 48, len(payload), checks)
    head = struct.pack("<4sII", b"ECGB", 1, 1)
    return head + struct.pack("<I", crc32c(head + table)) + table + payload


ZEROS, ONE = bytes(4 * 512), bytes(4)  # a run and a block of zeros


def run_of(content: bytes) -> tuple[int, int]:
    return len(content), crc32c(content)


def test_forged_indices_are_judged_by_their_content() -> None:
    both = [run_of(ZEROS), run_of(ONE)]
    assert unpack(forged(RUN + 3, both, ZEROS + ONE))[0].to_list() == [0] * (RUN + 3)
    assert unpack(forged(2, [run_of(bytes(8))], bytes(8)))[0].to_list() == [0, 0]  # raw
    assert unpack(forged(0, [], b""))[0].to_list() == []
    for count, index, runs in [
        (RUN + 3, both[:1], ZEROS + ONE),
        (RUN, both, ZEROS + ONE),
        (RUN + 3, both, ZEROS + ONE + b"x"),
        (RUN + 3, both, ZEROS + ONE[1:]),
        (RUN + 3, both[::-1], ONE + ZEROS),
        (2**32 - 1, both, ZEROS + ONE),
        (RUN + 3, [(len(ZEROS), 5), both[1]], ZEROS + ONE),
        (RUN + 3, [(2**32 - 1, 0), both[1]], ZEROS + ONE),
        (RUN + 129, both, ZEROS + ONE),
        (200, [(4, crc32c(ONE))], ONE),
    ]:
        with pytest.raises(BlobError):
            unpack(forged(count, index, runs))
        [packed] = open_blob(forged(count, index, runs))
        with pytest.raises(BlobError):
            packed.unpack()
    with pytest.raises(BlobError):
        unpack(forged(RUN + 3, both, ZEROS + ONE, checksum=7))
