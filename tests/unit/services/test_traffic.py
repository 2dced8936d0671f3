import asyncio

import pytest

from ecg_service.domain.errors import Overloaded
from ecg_service.services.traffic import Traffic


def test_room_is_held_and_given_back() -> None:
    traffic = Traffic(max_bytes=10)
    with traffic.admit(6):
        with pytest.raises(Overloaded), traffic.admit(5):
            pass
        with traffic.admit(4), pytest.raises(Overloaded), traffic.admit(1):
            pass
    with traffic.admit(10):
        pass


def test_room_is_given_back_after_a_failure() -> None:
    traffic = Traffic(max_bytes=10)
    with pytest.raises(KeyError), traffic.admit(10):
        raise KeyError
    with traffic.admit(10):
        pass


async def test_without_traffic_there_is_nothing_to_wait_for() -> None:
    lull = asyncio.create_task(Traffic(max_bytes=10).lull(within=60))
    await asyncio.sleep(0)
    assert lull.done()
    await lull


async def test_a_lull_comes_when_the_last_body_is_answered() -> None:
    traffic = Traffic(max_bytes=10)
    with traffic.admit(1):
        with traffic.admit(1):
            lull = asyncio.create_task(traffic.lull(within=60))
        done, _ = await asyncio.wait([lull], timeout=0.05)
        assert not done
    await asyncio.wait_for(lull, 30)


async def test_waiting_for_a_lull_has_an_end() -> None:
    traffic = Traffic(max_bytes=10)
    with traffic.admit(1):
        await asyncio.wait_for(traffic.lull(within=0.05), 30)
