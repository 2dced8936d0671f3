import asyncio
from contextlib import ExitStack

import pytest

from ecg_service.domain.errors import Overloaded
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight, InFlightStatistics

ROOM = 100 * MEMORY_PER_BYTE


@pytest.fixture
def in_flight() -> BodiesInFlight:
    return BodiesInFlight(max_bytes=ROOM)


def takes(in_flight: BodiesInFlight, owner: str, size: int) -> bool:
    try:
        with in_flight.admit(owner, size):
            return True
    except Overloaded:
        return False


def test_the_memory_of_a_body_is_reserved_and_given_back(in_flight: BodiesInFlight) -> None:
    with in_flight.admit("ann", 60):
        assert in_flight.statistics() == InFlightStatistics(1, 60 * MEMORY_PER_BYTE, ROOM)
        assert not takes(in_flight, "bob", 41)
        with in_flight.admit("bob", 40):
            assert not takes(in_flight, "eve", 1)
    assert in_flight.statistics() == InFlightStatistics(0, 0, ROOM)
    assert takes(in_flight, "bob", 100)


def test_empty_bodies_take_no_room(in_flight: BodiesInFlight) -> None:
    with in_flight.admit("ann", 0), in_flight.admit("ann", 0), in_flight.admit("bob", 100):
        assert in_flight.statistics() == InFlightStatistics(3, ROOM, ROOM)
    assert in_flight.statistics() == InFlightStatistics(0, 0, ROOM)


def test_a_body_that_grows_takes_room_as_it_comes(in_flight: BodiesInFlight) -> None:
    with in_flight.admit("ann", 0) as room, in_flight.admit("bob", 40):
        room.hold(10)
        room.hold(60)
        room.hold(20)
        assert in_flight.statistics() == InFlightStatistics(2, ROOM, ROOM)
        with pytest.raises(Overloaded):
            room.hold(61)
    assert in_flight.statistics() == InFlightStatistics(0, 0, ROOM)


def test_bodies_that_grow_leave_half_of_the_room_to_others(in_flight: BodiesInFlight) -> None:
    with in_flight.admit("ann", 0) as one, in_flight.admit("ann", 0) as other:
        one.hold(30)
        other.hold(20)
        with pytest.raises(Overloaded):
            other.hold(21)
        assert takes(in_flight, "bob", 50)


def test_memory_is_given_back_after_a_failure(in_flight: BodiesInFlight) -> None:
    with pytest.raises(KeyError), in_flight.admit("ann", 100):
        raise KeyError
    assert takes(in_flight, "ann", 100)


def test_one_user_holds_at_most_half_of_the_room(in_flight: BodiesInFlight) -> None:
    with ExitStack() as stack:
        held = 0
        while takes(in_flight, "ann", 10):
            stack.enter_context(in_flight.admit("ann", 10))
            held += 10
        assert held == 50
        assert takes(in_flight, "bob", 50)


def test_each_user_holds_at_most_half_of_what_the_others_leave(in_flight: BodiesInFlight) -> None:
    with ExitStack() as stack:
        held = dict.fromkeys(("ann", "bob", "eve"), 0)
        for owner in held:
            while takes(in_flight, owner, 1):
                stack.enter_context(in_flight.admit(owner, 1))
                held[owner] += 1
        assert held == {"ann": 50, "bob": 25, "eve": 12}


def test_the_only_body_of_a_user_may_take_all_that_is_free(in_flight: BodiesInFlight) -> None:
    with in_flight.admit("ann", 50):
        assert takes(in_flight, "bob", 50)
        assert not takes(in_flight, "ann", 1)


async def test_without_complete_bodies_there_is_nothing_to_wait_for(
    in_flight: BodiesInFlight,
) -> None:
    with in_flight.admit("ann", 1):
        waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
        await asyncio.sleep(0)
        assert waiting.done()
        await waiting


async def test_the_wait_ends_after_the_last_complete_body_is_answered(
    in_flight: BodiesInFlight,
) -> None:
    with in_flight.work:
        with in_flight.work:
            waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
    await asyncio.wait_for(waiting, 30)


async def test_a_moment_between_two_batches_is_no_lull(in_flight: BodiesInFlight) -> None:
    with in_flight.work:
        pass
    waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
    await asyncio.sleep(0)
    with in_flight.work:
        assert not waiting.done()
    await asyncio.wait_for(waiting, 30)


async def test_the_wait_is_bounded(in_flight: BodiesInFlight) -> None:
    with in_flight.work:
        await asyncio.wait_for(in_flight.wait_for_lull(max_seconds=0.05), 30)
