"""D8: the cache ends, hangs, forgets everything, or has been tampered with."""

import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from signal import SIGCONT, SIGSTOP

from tests.e2e.service import running
from tests.proxy import proxying
from tests.redis import OwnServer, own_server
from tests.torture.kills import SETTINGS
from tests.torture.outages.proxied import Proxied
from tests.torture.outages.struck import PATIENT, Struck
from tests.torture.place import Place

STRIKES = 16
FULL, ANY = 1, 0
"""For `maxmemory`: the server refuses to write, or does not."""


@dataclass
class Failing(Proxied):
    """A server, and what may become of it."""

    server: OwnServer
    hits: int = 0
    """Of servers that were killed, which count for themselves."""

    async def all_hits(self) -> int:
        """Return how often a value was found so far."""
        found = await self.server.ask("INFO", "stats")
        return self.hits + int(found.partition(b"keyspace_hits:")[2].split()[0])

    async def kill(self) -> None:
        self.hits = await self.all_hits()
        self.server.kill()
        await self.pause()
        await self.server.start()

    async def hang(self) -> None:
        self.server.send(SIGSTOP)
        await self.pause()
        self.server.send(SIGCONT)

    async def flush(self) -> None:
        await self.server.ask("FLUSHALL")

    async def end_sessions(self) -> None:
        await self.server.ask("CLIENT", "KILL", "TYPE", "normal")

    async def fill(self) -> None:
        await self.server.ask("CONFIG", "SET", "maxmemory", FULL)
        await self.pause()
        await self.server.ask("CONFIG", "SET", "maxmemory", ANY)

    async def poison(self) -> None:
        """Replace each value by one of another type, of another key, of noise, or a damaged one."""
        keys = await self.server.keys()
        for key in keys:
            match self.chance.randrange(4):
                case 0:
                    await self.server.ask("DEL", key)
                    await self.server.ask("LPUSH", key, "x")
                case 1:
                    await self.server.ask("COPY", self.chance.choice(keys), key, "REPLACE")
                case 2:
                    await self.server.ask("SET", key, self.chance.randbytes(100))
                case _:
                    await self.server.ask("SETRANGE", key, self.chance.randrange(200), "x")


Kind = Callable[[Failing], Awaitable[None]]
KINDS: Sequence[Kind] = (
    Failing.kill,
    Failing.hang,
    Failing.flush,
    Failing.end_sessions,
    Failing.fill,
    Failing.poison,
    Failing.cut_all,
    Failing.stall,
    Failing.slow_down,
)


@asynccontextmanager
async def failing(place: Place) -> AsyncGenerator[tuple[Failing, str]]:
    """Make a cache that may fail; its URL is for the service."""
    async with own_server(place.folder) as server, proxying("127.0.0.1", server.port) as proxy:
        url = f"redis://127.0.0.1:{proxy.listening}"
        yield Failing(proxy, random.Random(place.seed), server), url


async def round_of(place: Place, kinds: Sequence[Kind] = ()) -> Counter[str]:
    """D8: let the cache fail in these ways, or in some that are drawn; nobody notices."""
    with place.servers.postgres.database() as url:
        async with failing(place) as (redis, cache_url):
            settings = {**PATIENT, "database_url": url, "cache_url": cache_url, "workers": 2}
            async with running(place.folder, **SETTINGS, **settings) as service:
                await service.register()
                kinds = kinds or redis.chance.choices(KINDS, k=STRIKES)
                struck = Struck.at(place, service)
                figures = await struck.by(
                    [partial(one, redis) for one in kinds], without_errors=True
                )
            return figures + Counter(hits=await redis.all_hits())
