import asyncio
import time

from ecg_service.services.traffic import QUIET, Traffic


async def test_without_traffic_there_is_nothing_to_wait_for() -> None:
    lull = asyncio.create_task(Traffic().lull(within=60))
    await asyncio.sleep(0)
    assert lull.done()
    await lull


async def test_a_lull_comes_some_time_after_the_last_submission() -> None:
    traffic, begun = Traffic(), time.monotonic()
    traffic.note()
    await traffic.lull(within=60)
    assert time.monotonic() - begun >= QUIET


async def test_waiting_for_a_lull_has_an_end() -> None:
    traffic = Traffic()

    async def keep_busy() -> None:
        while True:
            traffic.note()
            await asyncio.sleep(0)

    busy = asyncio.create_task(keep_busy())
    await asyncio.wait_for(traffic.lull(within=0.05), 30)
    busy.cancel()
    await asyncio.wait([busy])
