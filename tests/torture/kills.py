"""D1, D14: end the service at any moment while many send, and compare what it holds."""

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGTERM, Signals
from typing import Any

from tests.e2e.service import Service, running
from tests.torture.recordings import SIZES
from tests.torture.sender import Sender
from tests.torture.traffic import Traffic

logger = logging.getLogger(__name__)

SETTINGS: dict[str, Any] = {"sweep_seconds": 0.2, "lease_seconds": 5}
EXIT = {SIGKILL: -SIGKILL, SIGTERM: 0}


class Kills:
    """A service that is ended and started again, and its senders."""

    def __init__(
        self,
        folder: Path,
        seed: int,
        signals: Sequence[Signals] = (SIGKILL,),
        sizes: Sequence[int] = SIZES,
    ) -> None:
        self.traffic = Traffic(Sender.on(folder / "ledger.jsonl"), seed, sizes)
        self.ended = 0
        self._folder = folder
        self._signals = signals
        self._chance = random.Random(seed)
        self._left = 0

    async def run(self, go_on: Callable[[], bool]) -> None:
        """Start, compare and kill; at least once, and in between as long as it may go on."""
        async with running(self._folder, **SETTINGS) as service:
            await service.register()
            await self._end(service)
        while go_on():
            async with running(self._folder, **SETTINGS) as service:
                await self.traffic.compare(service)
                await self._end(service)

    async def _end(self, service: Service) -> None:
        """End the service some answers from now, on the spot or a moment later."""
        number = self._chance.choice(self._signals)
        self._left = self._chance.randint(10, 80)
        later = self._chance.choice((0, 0, self._chance.random() / 50))
        end = partial(service.send_signal, number)
        strike = partial(asyncio.get_running_loop().call_later, later, end) if later else end
        await self.traffic.flow(service, after=partial(self._count, strike))
        assert await service.ended() == EXIT[number]
        self.ended += 1
        logger.debug("%s; %d acknowledged", number.name, self.traffic.sender.ledger.acknowledged)

    def _count(self, strike: Callable[[], object]) -> None:
        self._left -= 1
        if self._left == 0:
            strike()
