"""A service on which traffic goes on while what is behind it fails, and how that ends."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from tests.e2e.service import Service, until
from tests.processes import PATIENCE
from tests.torture.place import Place, counted
from tests.torture.sender import unfinished
from tests.torture.traffic import Traffic

Strike = Callable[[], Awaitable[None]]
"""Something fails, and is mended when this returns."""

SENDERS, PAUSE = 6, 0.1
FAILED = 500
PATIENT = {"max_write_seconds": PATIENCE, "max_read_seconds": PATIENCE}
"""So that no answer is an error only because the machine is busy."""
BETWEEN = (3, 20)
"""How many ECGs are acknowledged between two strikes."""


@dataclass
class Struck:
    """What goes on meanwhile."""

    place: Place
    service: Service
    traffic: Traffic
    chance: random.Random

    @classmethod
    def at(cls, place: Place, service: Service) -> "Struck":
        return cls(place, service, place.traffic(), random.Random(place.seed))

    async def by(self, strikes: Sequence[Strike], *, without_errors: bool = False) -> Counter[str]:
        """Strike one after another; compare all that is stored in the end.

        What fails may cost requests, or the service must answer them `without_errors`.
        """
        waits = list[float]()
        async with asyncio.TaskGroup() as group:
            flow = group.create_task(self._flow(lambda: len(waits) == len(strikes)))
            for strike in strikes:
                await self._more(self.chance.randint(*BETWEEN))
                await strike()
                waits.append(await self._more(1))
        await flow
        await self._settled()
        if without_errors:
            sender = self.traffic.sender
            assert not sender.failed_reads
            failures = [one for one in sender.ledger.entries if (one.status or 0) >= FAILED]
            assert not failures, failures
        slowest = round(1000 * max(waits))
        return counted(self.traffic, strikes=len(strikes)) | Counter(
            {"ms at most to go on": slowest}
        )

    async def _flow(self, ended: Callable[[], bool]) -> None:
        """Send on; who was hung up on (by a process that was killed) comes again."""

        async def send() -> None:
            while not ended():
                await self.traffic.flow(self.service, senders=1, pause=PAUSE, until=ended)

        async with asyncio.TaskGroup() as group:
            for _ in range(SENDERS):
                group.create_task(send())

    async def _more(self, count: int) -> float:
        """Return how long it takes until so many more ECGs are acknowledged."""
        begun, ledger = time.monotonic(), self.traffic.sender.ledger
        goal = ledger.acknowledged + count

        async def is_reached() -> bool:
            return ledger.acknowledged >= goal

        await until(is_reached)
        return time.monotonic() - begun

    async def _settled(self) -> None:
        await self.traffic.compare(self.service, again=True)
        async with self.service.client() as user:
            wrong = await unfinished(user)
            assert not wrong, wrong
        assert await self.service.stop() == 0
        assert "Traceback" not in self.service.written()
