import asyncio
import time

import pytest

from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.services.in_flight import BodiesInFlight
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.insights.turns import Turns


def turns(in_flight: BodiesInFlight, backlog: Backlog, *, max_delay: float = 60) -> Turns:
    return Turns(in_flight, backlog, share=0.01, max_delay=max_delay)


@pytest.fixture
def backlog() -> Backlog:
    return Backlog(MemoryInsights({}), max_seconds=10)


async def worked(turns: Turns, seconds: float) -> None:
    async with turns:
        await asyncio.sleep(seconds)


async def test_work_waits_for_a_lull_as_long_as_its_share_demands(backlog: Backlog) -> None:
    in_flight = BodiesInFlight(1)
    background = turns(in_flight, backlog)
    with in_flight.work:
        began = time.monotonic()
        await worked(background, 0.005)  # at once: it has had nothing yet
        await worked(background, 0)
        assert time.monotonic() - began >= 0.005 * 100


async def test_work_begins_at_a_lull(backlog: Backlog) -> None:
    in_flight = BodiesInFlight(1)
    background = turns(in_flight, backlog)
    await worked(background, 0.05)
    await asyncio.wait_for(worked(background, 0), 3)


async def test_work_waits_no_longer_than_the_delay(backlog: Backlog) -> None:
    in_flight = BodiesInFlight(1)
    background = turns(in_flight, backlog, max_delay=0.01)
    with in_flight.work:
        await worked(background, 0.05)
        await asyncio.wait_for(worked(background, 0), 3)


async def test_a_long_backlog_waits_for_nothing(backlog: Backlog) -> None:
    in_flight = BodiesInFlight(1)
    background = turns(in_flight, backlog)
    backlog.age = 9
    with in_flight.work:
        await worked(background, 0.05)
        await asyncio.wait_for(worked(background, 0), 3)
