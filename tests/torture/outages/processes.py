"""D13: processes that serve are killed, hang, or have no descriptors left."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from signal import SIGCONT, SIGKILL, SIGSTOP

from tests.e2e.service import Service, until
from tests.e2e.workers import are_gone, has_workers, together, workers_of
from tests.torture.kills import SETTINGS
from tests.torture.outages.struck import Struck
from tests.torture.place import Place

STRIKES = 12
DESCRIPTORS = 256


@dataclass
class Failing:
    """A service of several workers."""

    service: Service
    chance: random.Random

    def _one(self) -> int:
        return self.chance.choice(workers_of(self.service))

    async def kill(self) -> None:
        victim = self._one()
        os.kill(victim, SIGKILL)
        await until(lambda: are_gone([victim]))
        await until(lambda: has_workers(self.service))

    async def hang(self) -> None:
        victim = self._one()
        os.kill(victim, SIGSTOP)
        await asyncio.sleep(self.chance.choice((0.3, 2)))
        os.kill(victim, SIGCONT)

    async def flood(self) -> None:
        """Connect as often as a process may have descriptors, and say nothing."""
        async with AsyncExitStack() as stack:
            for _ in range(DESCRIPTORS * 4):
                await stack.enter_async_context(self.service.wire())
            await asyncio.sleep(0.5)


Kind = Callable[[Failing], Awaitable[None]]
KINDS: Sequence[Kind] = (Failing.kill, Failing.hang, Failing.flood)


async def round_of(place: Place, kinds: Sequence[Kind] = ()) -> Counter[str]:
    """D13: let workers fail in these ways, or in some that are drawn."""
    command = ("prlimit", f"--nofile={DESCRIPTORS}")
    async with together(place.folder, *command, **SETTINGS) as service:
        await service.register()
        failing = Failing(service, random.Random(place.seed))
        kinds = kinds or failing.chance.choices(KINDS, k=STRIKES)
        return await Struck.at(place, service).by([partial(one, failing) for one in kinds])
