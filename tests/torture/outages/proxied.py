"""What may become of the way to any server."""

import asyncio
import random
from dataclasses import dataclass

from tests.proxy import Proxy


@dataclass
class Proxied:
    """A proxy before a server, and what is drawn."""

    proxy: Proxy
    chance: random.Random

    async def pause(self) -> None:
        """Let what has failed stay so for a moment."""
        await asyncio.sleep(self.chance.choice((0, 0.3, 2)))

    async def cut_all(self) -> None:
        self.proxy.go_down()
        await self.pause()
        self.proxy.is_down = False

    async def stall(self) -> None:
        with self.proxy.stalled():
            await self.pause()

    async def slow_down(self) -> None:
        self.proxy.delay = 0.05
        await asyncio.sleep(0.5)
        self.proxy.delay = 0
