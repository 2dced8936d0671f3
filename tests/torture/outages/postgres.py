"""D7: PostgreSQL ends, hangs, or loses the service, above all while it commits."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from signal import SIGCONT, SIGSTOP
from urllib.parse import urlsplit

from tests.e2e.service import running, until
from tests.postgres import execute
from tests.proxy import Fault, proxying
from tests.servers.postgres import OwnPostgres
from tests.torture.kills import SETTINGS
from tests.torture.outages.proxied import Proxied
from tests.torture.outages.struck import Struck
from tests.torture.place import Place

STRIKES = 12
CUTS = 5
TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ecg-service'"
)
HOLD = "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({}); COMMIT"


@dataclass
class Failing(Proxied):
    """A server, and what may become of it."""

    server: OwnPostgres
    url: str
    """The database, past the proxy."""

    async def kill_one(self) -> None:
        async def killed() -> bool:
            return await asyncio.to_thread(self.server.kill_one)

        await until(killed)

    async def stop_at_once(self) -> None:
        await asyncio.to_thread(self.server.stop_at_once)
        await self._restart()

    async def kill(self) -> None:
        await asyncio.to_thread(self.server.process.kill)
        await self._restart()

    async def _restart(self) -> None:
        await self.pause()
        await asyncio.to_thread(self.server.start)

    async def hang(self) -> None:
        self.server.process.send(SIGSTOP)
        await self.pause()
        self.server.process.send(SIGCONT)

    async def end_sessions(self) -> None:
        await asyncio.to_thread(execute, TERMINATE, url=self.url)

    async def lock(self) -> None:
        """Keep all writes waiting, so that no connection is left."""
        seconds = self.chance.choice((0.3, 2))
        await asyncio.to_thread(execute, HOLD.format(seconds), url=self.url)

    async def cut_after_commit(self) -> None:
        await self._cut_commits("cut after")

    async def cut_before_commit(self) -> None:
        await self._cut_commits("cut before")

    async def _cut_commits(self, fault: Fault) -> None:
        """Cut some connections exactly when COMMIT is sent."""
        goal = self.proxy.cuts + CUTS

        def at_commit(message: bytes) -> Fault | None:
            return fault if b"COMMIT" in message and self.proxy.cuts < goal else None

        async def is_reached() -> bool:
            return self.proxy.cuts >= goal

        self.proxy.fault = at_commit
        await until(is_reached)


@asynccontextmanager
async def failing(place: Place) -> AsyncGenerator[tuple[Failing, str]]:
    """Make a database that may fail; the URL of it is for the service."""
    server = place.servers.postgres
    with server.database() as url:
        async with proxying("127.0.0.1", server.port) as proxy:
            through = url.replace(str(server.port), str(proxy.listening), 1)
            assert urlsplit(through).port == proxy.listening
            yield Failing(proxy, random.Random(place.seed), server, url), through


Kind = Callable[[Failing], Awaitable[None]]
KINDS: Sequence[Kind] = (
    Failing.kill_one,
    Failing.stop_at_once,
    Failing.kill,
    Failing.hang,
    Failing.end_sessions,
    Failing.lock,
    Failing.cut_after_commit,
    Failing.cut_before_commit,
    Failing.cut_all,
    Failing.stall,
    Failing.slow_down,
)


async def round_of(place: Place, kinds: Sequence[Kind] = ()) -> Counter[str]:
    """D7: let PostgreSQL fail in these ways, one after the other, or in some that are drawn."""
    async with failing(place) as (postgres, url):
        settings = {"database_url": url, "workers": 2, "max_write_seconds": 1}
        async with running(place.folder, **SETTINGS, **settings) as service:
            await service.register()
            kinds = kinds or postgres.chance.choices(KINDS, k=STRIKES)
            figures = await Struck.at(place, service).by([partial(one, postgres) for one in kinds])
        return figures + Counter(cuts=postgres.proxy.cuts)
