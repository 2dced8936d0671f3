"""How long a generation is trusted, and how long whoever renews it waits."""

import asyncio
import time

import pytest

from ecg_service.adapters.cache.trust import CLOCK, Trust
from ecg_service.adapters.memory.ecgs import MemoryEcgs
from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.domain.errors import OutcomeUnknown, StorageUnavailable


class Ecgs(MemoryEcgs):
    """Counts how often it is asked, and may be out of reach or slow."""

    def __init__(self) -> None:
        super().__init__({}, MemoryUsers(lambda _: False))
        self.asked = 0
        self.fails = False
        self.delay = 0.0

    async def generation(self) -> bytes:
        self.asked += 1
        if self.fails:
            raise StorageUnavailable
        found = await super().generation()
        await asyncio.sleep(self.delay)
        return found

    async def renew_generation(self) -> None:
        if self.fails:
            raise StorageUnavailable
        await super().renew_generation()


async def test_it_is_asked_for_once_in_a_while_however_many_need_it() -> None:
    ecgs = Ecgs()
    trust = Trust(ecgs, 60)
    assert {*await asyncio.gather(*(trust.generation() for _ in range(9)))} == {
        await ecgs.generation()
    }
    assert await trust.generation() is not None
    assert ecgs.asked == 2


async def test_who_renews_waits_until_nobody_trusts_the_one_before() -> None:
    ecgs = Ecgs()
    mine, others = Trust(ecgs, 0.05), [Trust(ecgs, 0.05) for _ in range(5)]
    before = [await other.generation() for other in others]
    begun = time.clock_gettime(CLOCK)
    await mine.renew()
    assert time.clock_gettime(CLOCK) - begun > 0.05
    after = {await trust.generation() for trust in (mine, *others)}
    assert after == {await ecgs.generation()}
    assert after.isdisjoint(before)


async def test_an_answer_that_took_too_long_is_not_trusted() -> None:
    ecgs = Ecgs()
    ecgs.delay = 0.02
    assert await Trust(ecgs, 0.01).generation() is None


async def test_without_the_store_there_is_none() -> None:
    ecgs = Ecgs()
    ecgs.fails = True
    trust = Trust(ecgs, 60)
    assert await trust.generation() is None
    with pytest.raises(OutcomeUnknown):
        await trust.renew()
    ecgs.fails = False
    assert await trust.generation() is not None
