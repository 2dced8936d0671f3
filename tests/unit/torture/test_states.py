"""What a power failure may leave, and when what was answered was answered."""

import random

import pytest

from tests.torture.disk import Happening
from tests.torture.ledger import Entry
from tests.torture.states import SECTOR, SURVIVALS, Surface, failures, placed

LOG = "-wal"
KEY = "01a21a73-198f-7e9a-9b1a-17b8908dc6a8"


def write(place: int, data: bytes) -> Happening:
    return Happening(0, "w", LOG, place, data)


def mark(kind: str, place: int = 0) -> Happening:
    return Happening(0, kind, LOG, place, b"")


SYNCED = (mark("b"), mark("s"))
FAILED = (mark("b"), mark("f"))


def left(*happened: Happening) -> set[bytes]:
    """Return all that may be left of a file after these."""
    found = set[bytes]()
    for seed in range(200):
        surface = Surface(random.Random(seed))
        for one in happened:
            surface.note(one)
        for survival in SURVIVALS:
            found.add(bytes(surface.content(LOG, surface.after_failure(survival)[LOG])))
    return found


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        ([write(0, b"a"), *SYNCED], {b"a"}),
        ([write(0, b"ab"), *SYNCED, mark("t", 1), *SYNCED], {b"a"}),
        ([write(0, b"ab"), *SYNCED, mark("t", 1)], {b"ab", b"a"}),
        ([write(0, b"a")], {b"", b"a"}),
        ([write(0, b"a"), write(1, b"b")], {b"", b"a", b"\0b", b"ab"}),
        ([write(0, b"a"), mark("b"), write(1, b"b"), mark("s")], {b"a", b"ab"}),
        ([write(0, b"a"), *FAILED, *SYNCED], {b"", b"a"}),
        ([write(0, b"a"), *FAILED, write(0, b"b"), *SYNCED], {b"b"}),
    ],
)
def test_only_what_was_synced_is_sure(happened: list[Happening], expected: set[bytes]) -> None:
    assert left(*happened) == expected


def test_a_write_may_be_torn_between_sectors() -> None:
    whole = b"a" * SECTOR + b"b" * SECTOR
    first, second = whole[:SECTOR], bytes(SECTOR) + whole[SECTOR:]
    assert left(write(0, whole)) == {b"", first, second, whole}


def test_the_power_fails_after_each_happening_in_each_way_if_something_is_not_synced() -> None:
    record = [Happening(at, kind, LOG, 0, b"a") for at, kind in enumerate("wbsa")]
    cuts = [*failures(record, Surface(random.Random(0)), start=0)]
    assert cuts == [*((0, survival) for survival in SURVIVALS), (2, "all"), (3, "all")]
    assert [*failures(record, Surface(random.Random(0)), start=3)] == [(3, "all")]


def test_an_answer_counts_from_when_it_left() -> None:
    answer = Happening(5, "a", "", 8000, b'{"ecg_id":"%b"}' % KEY.encode())
    later = Happening(7, "a", "", 8000, b"HTTP/1.1 204 No Content")
    stored = Entry("a", 201, KEY, place=9, port=8000)
    deleted = Entry("a", 204, KEY, verb="delete", place=9, port=8000)
    asked = Entry("a", place=2)
    moved = placed([deleted, stored, asked], [answer, later])
    assert [(one.verb, one.place) for one in moved] == [("store", 2), ("store", 5), ("delete", 7)]
