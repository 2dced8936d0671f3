import asyncio
import json
import threading
from array import array
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

import pytest
from msgspec.structs import replace

import ecg_core
from ecg_service.actors import Threads
from ecg_service.adapters.core import RustCore, verify_blob
from ecg_service.adapters.whole_blob import WholeBlob
from ecg_service.api.edge.problems import pointer
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import DamagedEcg, Invalid, Malformed, Overloaded
from ecg_service.domain.signals import LONG, Samples
from ecg_service.domain.stored import StoredEcg
from ecg_service.formats import Written
from ecg_service.formats.json import Json

JSON = Json()
BLOB = ecg_core.pack([ecg_core.Signal([1, -2, 3]), ecg_core.Signal(range(1000))])


class Panic(BaseException):
    """Not an `Exception`, as a Rust panic is not."""


@pytest.fixture
def threads() -> Generator[Threads]:
    with closing(Threads("core", size=1, capacity=1)) as started:
        yield started


@pytest.fixture
def core(threads: Threads) -> RustCore:
    return RustCore(threads)


def stored(blob: bytes, *lengths: int) -> StoredEcg:
    leads = tuple(Lead("", length) for length in lengths)
    return StoredEcg(Ecg(UUID(int=1), "ann", datetime.now(UTC), leads), (), blob)


WHOLE = stored(BLOB, 3, 1000)


def body(*samples: int) -> bytes:
    return f'{{"leads":[{{"name":"I","signal":{[*samples]}}}]}}'.encode()


async def test_bodies_are_read_together_and_answered_in_order(core: RustCore) -> None:
    def use(index: int, _: object, signals: Sequence[Samples], __: bytes) -> tuple[int, str]:
        return index, signals[0].to_json().decode()

    assert core.read(JSON, [body(1), body(2, 3)], use) == [(0, "[1]"), (1, "[2,3]")]


async def test_what_is_read_can_be_unpacked(core: RustCore) -> None:
    [blob] = core.read(JSON, [body(1, -2)], lambda _, __, ___, blob: blob)
    assert isinstance(blob, bytes)
    assert await core.unpack([stored(blob, 2)], lambda _, s: [*map(len, s)]) == [[2]]


async def test_a_bad_body_is_answered_and_leaves_the_others_be(core: RustCore) -> None:
    bodies = [body(1), b"{", b"\xff", b'{"signal":[0.5]}', b'{"a":1,"a":2}', body(2)]
    answers = core.read(JSON, bodies, lambda index, _, __, ___: index)
    assert [type(answer) for answer in answers] == [
        int,
        Malformed,
        Malformed,
        Invalid,
        Invalid,
        int,
    ]


@pytest.mark.parametrize(
    ("bad", "place", "code"),
    [
        (b'{"leads":[{"signal":[1,0.5]}]}', "/leads/0/signal/1", "not_an_integer"),
        (b'{"leads":[{"signal":[2147483648]}]}', "/leads/0/signal/0", "out_of_range"),
        (b'{"leads":[{"signal":5}]}', "/leads/0/signal", "not_an_array"),
    ],
)
async def test_a_refusal_names_its_place(core: RustCore, bad: bytes, place: str, code: str) -> None:
    [answer] = core.read(JSON, [bad], lambda index, _, __, ___: index)
    assert isinstance(answer, Invalid)
    [violation] = answer.violations
    assert (pointer(violation.path), violation.code) == (place, code)


async def test_an_expected_error_of_the_caller_answers_its_item_only(core: RustCore) -> None:
    def use(index: int, *_: object) -> int:
        if index == 1:
            raise Invalid
        return index

    first, second, third = core.read(JSON, [body(1)] * 3, use)
    assert (first, type(second), third) == (0, Invalid, 2)
    first, second, third = await core.unpack([WHOLE] * 3, use)
    assert (first, type(second), third) == (0, Invalid, 2)


async def test_every_flipped_bit_is_damage(core: RustCore) -> None:
    for bit in range(0, len(BLOB) * 8, 7):
        flipped = bytearray(BLOB)
        flipped[bit // 8] ^= 1 << bit % 8
        damage = replace(WHOLE, blob=bytes(flipped))
        damaged, whole = await core.unpack([damage, WHOLE], lambda index, _: index)
        assert isinstance(damaged, DamagedEcg), bit
        assert whole == 1


@pytest.mark.parametrize("blob", [b"", b"dust", BLOB[:-1], BLOB + b"\0", bytes(1000)], ids=len)
async def test_no_blob_at_all_is_damage_too(core: RustCore, blob: bytes) -> None:
    [answer] = await core.unpack([replace(WHOLE, blob=blob)], lambda index, _: index)
    assert isinstance(answer, DamagedEcg)
    with pytest.raises(DamagedEcg):
        core.open(WHOLE.ecg, WholeBlob(blob), lambda leads: leads[0].count(1))
    with pytest.raises(DamagedEcg):
        verify_blob(blob, 1003)


def test_a_whole_blob_is_verified() -> None:
    assert verify_blob(BLOB, 1003) == 1003


def test_what_was_read_is_unpacked_in_the_same_thread(core: RustCore) -> None:
    lengths, thread = core.open(
        WHOLE.ecg, WholeBlob(BLOB), lambda s: ([*map(len, s)], threading.get_ident())
    )
    assert (lengths, thread) == ([3, 1000], threading.get_ident())


def test_each_signal_is_written(core: RustCore) -> None:
    def shown(samples: Iterable[Written]) -> object:
        first, second = islice(samples, 2)
        return {"\0": first.values[0], "b": second.values[0]}

    def fewer(samples: Iterable[Written]) -> object:
        return next(iter(samples)).values[0]

    answer = core.write(WHOLE.ecg, BLOB, JSON, shown)
    assert json.loads(answer) == {"\0": [1, -2, 3], "b": [*range(1000)]}
    with pytest.raises(DamagedEcg, match="1003 samples, more than 1002"):
        core.write(stored(BLOB, 2, 1000).ecg, BLOB, JSON, shown)
    with pytest.raises(DamagedEcg, match="2 signals do not fit between 2 parts"):
        core.write(WHOLE.ecg, BLOB, JSON, fewer)
    with pytest.raises(DamagedEcg):
        core.write(WHOLE.ecg, BLOB[:-1], JSON, shown)


async def test_a_window_is_unpacked_alone(core: RustCore) -> None:
    def window(lead: int, *part: int | None) -> bytes:
        return core.open(WHOLE.ecg, blob, lambda leads: leads[lead][slice(*part)].to_json())

    blob = WholeBlob(BLOB)
    assert window(1, 998, None) == b"[998,999]"
    assert window(0, 0, 1) == b"[1]"


def test_samples_are_taken_into_memory(core: RustCore) -> None:
    def taken(leads: Sequence[Samples]) -> bytes:
        return core.signal(core.signal(leads[0])).to_bytes("i32le")

    assert core.open(WHOLE.ecg, WholeBlob(BLOB), taken) == array("i", [1, -2, 3]).tobytes()


async def test_no_long_recording_is_unpacked_before_it_is_needed(core: RustCore) -> None:
    blob = ecg_core.pack([ecg_core.Signal([7] * (LONG + 1)), ecg_core.Signal([5])])
    long = stored(blob, LONG + 1, 1)
    assert await core.unpack([long], lambda _, s: [*map(len, s)]) == [[LONG + 1, 1]]
    cut = replace(long, blob=blob[:-1] + b"x")
    [found] = await core.unpack([cut], lambda _, s: s[1].count(5))
    assert isinstance(found, DamagedEcg)
    assert await core.unpack([cut], lambda _, s: s[0].count(7)) == [LONG + 1]


async def test_more_samples_than_the_leads_have_are_damage(core: RustCore) -> None:
    fewer = stored(BLOB, 2, 1000)
    [answer] = await core.unpack([fewer], lambda index, _: index)
    with pytest.raises(DamagedEcg, match="1003 samples"):
        core.open(fewer.ecg, WholeBlob(BLOB), len)
    with pytest.raises(DamagedEcg, match="other numbers of samples"):
        core.open(stored(BLOB, 1000, 3).ecg, WholeBlob(BLOB), len)
    with pytest.raises(DamagedEcg, match="other numbers of samples"):
        core.open(stored(BLOB, 1003).ecg, WholeBlob(BLOB), len)
    assert isinstance(answer, DamagedEcg)
    assert str(answer) == "1003 samples, more than 1002"
    with pytest.raises(DamagedEcg, match="1003 samples, more than 1002"):
        verify_blob(BLOB, 1002)


async def test_a_panic_is_an_exception_and_the_core_goes_on(core: RustCore) -> None:
    def panic(*_: object) -> None:
        raise Panic

    with pytest.raises(RuntimeError, match="panicked"):
        await core.unpack([WHOLE], panic)
    with pytest.raises(RuntimeError, match="panicked"):
        core.read(JSON, [body(1)], panic)
    with pytest.raises(RuntimeError, match="panicked"):
        core.open(WHOLE.ecg, WholeBlob(BLOB), panic)
    assert await core.unpack([WHOLE], lambda index, _: index) == [0]


async def test_an_unexpected_exception_comes_through_as_it_is(core: RustCore) -> None:
    with pytest.raises(ZeroDivisionError):
        await core.unpack([WHOLE], lambda index, _: 1 // index)


async def test_more_calls_than_may_wait_are_overload(core: RustCore, threads: Threads) -> None:
    gate = threading.Event()
    blocking = [asyncio.create_task(threads.run(gate.wait, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await core.unpack([WHOLE], lambda index, _: index)
    gate.set()
    await asyncio.gather(*blocking)
    assert await core.unpack([WHOLE], lambda index, _: index) == [0]
