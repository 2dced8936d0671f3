import asyncio

import pytest

from ecg_service.domain.errors import Overloaded
from ecg_service.services.in_flight import BodiesInFlight


def test_bytes_are_reserved_and_given_back() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with in_flight.admit(6):
        with pytest.raises(Overloaded), in_flight.admit(5):
            pass
        with in_flight.admit(4), pytest.raises(Overloaded), in_flight.admit(1):
            pass
    with in_flight.admit(10):
        pass


def test_bytes_are_given_back_after_a_failure() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with pytest.raises(KeyError), in_flight.admit(10):
        raise KeyError
    with in_flight.admit(10):
        pass


async def test_without_complete_bodies_there_is_nothing_to_wait_for() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with in_flight.admit(1):
        waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
        await asyncio.sleep(0)
        assert waiting.done()
        await waiting


async def test_the_wait_ends_after_the_last_complete_body_is_answered() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with in_flight.work():
        with in_flight.work():
            waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
    await asyncio.wait_for(waiting, 30)


async def test_a_moment_between_two_batches_is_no_lull() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with in_flight.work():
        pass
    waiting = asyncio.create_task(in_flight.wait_for_lull(max_seconds=3600))
    await asyncio.sleep(0)
    with in_flight.work():
        assert not waiting.done()
    await asyncio.wait_for(waiting, 30)


async def test_the_wait_is_bounded() -> None:
    in_flight = BodiesInFlight(max_bytes=10)
    with in_flight.work():
        await asyncio.wait_for(in_flight.wait_for_lull(max_seconds=0.05), 30)
