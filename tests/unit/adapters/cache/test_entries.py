"""Entries: what is written is read, and nothing else."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ecg_service.adapters.cache.entries import Key, TooLarge, Unusable, decode, encode, named, stamp
from ecg_service.adapters.rows.insights import damaged_record
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.stored import StoredEcg
from tests.contract.builders import new

STAMP = stamp(b"generation", b"run")


def settled(owner: str = "ann", *states: InsightState) -> StoredEcg:
    one = new(owner)
    records = tuple(
        InsightRecord(one.ecg.id, name, 3, state, 1, [{"n": 1.5}], None, 2, 1)
        for name, state in zip("abc", states, strict=False)
    )
    return replace(one, insights=records)


def key_of(one: StoredEcg, *, whole: bool = True) -> Key:
    return Key(one.ecg.owner, one.ecg.id, whole)


def encoded(one: StoredEcg, *, whole: bool = True, most: int = 9_999) -> bytes:
    return encode(key_of(one, whole=whole), STAMP, one, max_bytes=most, size=len(one.blob))


DONE = settled("ann", InsightState.DONE, InsightState.FAILED)
ENTRY = encoded(DONE)


def test_what_is_written_is_read() -> None:
    assert decode(ENTRY, key_of(DONE), STAMP, None) == DONE
    [b] = decode(ENTRY, key_of(DONE), STAMP, ["b", "x"]).insights
    assert named(DONE, ["b", "x"]).insights == (b,) == DONE.insights[1:]
    assert decode(ENTRY, key_of(DONE), STAMP, ()) == named(DONE, ()) == replace(DONE, insights=())


@pytest.mark.parametrize("state", [InsightState.PENDING, InsightState.RUNNING])
def test_what_may_change_gets_no_entry(state: InsightState) -> None:
    assert encoded(settled("ann", InsightState.DONE, state)) == b""


def test_what_is_damaged_gets_no_entry_and_is_not_asked_for_by_name() -> None:
    one = new()
    damaged = replace(one, insights=(damaged_record(one.ecg.id, b"a"),))
    assert encoded(damaged) == b""
    assert (named(damaged, None), named(damaged, ["a"]).insights) == (damaged, ())


def test_every_damaged_bit_is_noticed() -> None:
    for place in range(len(ENTRY) * 8):
        flipped = bytearray(ENTRY)
        flipped[place // 8] ^= 1 << place % 8
        with pytest.raises(Unusable):
            decode(bytes(flipped), key_of(DONE), STAMP, None)


@given(st.binary() | st.integers(0, len(ENTRY) - 1).map(lambda size: ENTRY[:size]))
def test_what_is_no_entry_is_noticed(data: bytes) -> None:
    with pytest.raises(Unusable):
        decode(data, key_of(DONE), STAMP, None)


def test_an_entry_counts_under_its_key_and_stamp_only() -> None:
    mine, theirs = key_of(DONE), key_of(new("bob"))
    for key in (mine._replace(owner="bob"), mine._replace(ecg_id=theirs.ecg_id), theirs):
        with pytest.raises(Unusable):
            decode(ENTRY, key, STAMP, None)
    with pytest.raises(Unusable):
        decode(ENTRY, mine._replace(whole=False), STAMP, None)
    for other in (stamp(b"generation", b"another run"), stamp(b"renewed", b"run")):
        with pytest.raises(Unusable):
            decode(ENTRY, mine, other, None)


@pytest.mark.parametrize("content", [b"", b"\xc1", b"\x94\x90\x00\x90\xc4\x00", b"\x01"])
def test_what_matches_its_checksum_need_not_be_an_entry(content: bytes) -> None:
    with pytest.raises(Unusable):
        decode(forged(key_of(DONE), STAMP + content), key_of(DONE), STAMP, None)


def test_another_ones_ecg_with_a_right_checksum_is_noticed() -> None:
    content = ENTRY[6:]
    for key in (Key("bob", DONE.ecg.id, whole=True), Key("ann", new().ecg.id, whole=True)):
        with pytest.raises(Unusable):
            decode(forged(key, content), key, STAMP, None)


def forged(key: Key, content: bytes) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(key.encoded()))
    return b"E1" + checksum.to_bytes(4, "little") + content


def test_samples_that_are_too_large_are_left_out() -> None:
    large = replace(DONE, blob=bytes(9_000))
    entry = encoded(large, most=5_000)
    assert len(entry) < 5_000
    with pytest.raises(TooLarge):
        decode(entry, key_of(large), STAMP, None)
    unread = encode(key_of(large), STAMP, replace(large, blob=b""), max_bytes=5_000, size=9_000)
    with pytest.raises(TooLarge):
        decode(unread, key_of(large), STAMP, None)
    head = replace(large, blob=b"")
    assert decode(encoded(head, whole=False), key_of(head, whole=False), STAMP, None) == head
    assert encoded(large, most=50) == encoded(head, whole=False, most=50) == b""
