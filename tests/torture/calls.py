"""D2, D4: kill the service at the k-th call to its disk, or let such calls fail."""

import random
import shutil
from collections.abc import Sequence
from contextlib import suppress
from errno import EIO, ENOSPC

import httpx

from tests.e2e.service import ADMIN, PASSWORD, USER, EndedEarly, Service, running
from tests.torture.disk import Call, Fault, command
from tests.torture.files import Files
from tests.torture.kills import SETTINGS
from tests.torture.place import Place
from tests.torture.power import DATABASE, folder_in_memory
from tests.torture.sender import unfinished
from tests.torture.variants import SHORT_LOG

LAST: dict[Call, int] = {"write": 400, "sync": 120, "truncate": 12}
"""Up to which call a fault is drawn."""
CALLS: tuple[Call, ...] = ("write", "sync", "truncate")
ENOUGH = 400
FILES = ("", "-wal", "-journal")


def kill(chance: random.Random) -> Fault:
    """Draw where the process is killed, perhaps in the middle of a write."""
    call = chance.choice(CALLS)
    action = chance.choice(("kill", "tear")) if call == "write" else "kill"
    return Fault(call, chance.randint(1, LAST[call]), action)


def failures(chance: random.Random, count: int, first: dict[Call, int]) -> list[Fault]:
    """Draw calls that fail, from some on; of writes to a disk that is full, several in a row."""
    drawn = list[Fault]()
    for _ in range(count):
        call, error = chance.choice(CALLS), chance.choice((EIO, ENOSPC))
        start = chance.randint(first[call], LAST[call])
        drawn.append(Fault(call, start, error, start + chance.choice((0, 0, 1, 5))))
    return drawn


class Lives:
    """A service that dies at one call to its disk after another."""

    def __init__(self, place: Place) -> None:
        self.traffic = place.traffic()
        self.deaths = 0
        self._folder = place.folder
        self._disk = place.disk
        self._env = place.variant(SHORT_LOG)

    async def run(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            await self._live(fault)
            self._check_files(fault)
        async with running(self._folder, **SETTINGS) as service:
            await _register(service)
            await self.traffic.compare(service, again=True)
            async with service.client() as user:
                assert await unfinished(user) == []

    async def _live(self, fault: Fault) -> None:
        env = self._disk.env(self._folder / DATABASE, fault) | self._env
        end = self.traffic.answered + ENOUGH
        with suppress(EndedEarly):
            async with running(self._folder, command(env), **SETTINGS) as service:
                with suppress(httpx.TransportError):
                    await _register(service)
                await self.traffic.flow(service, until=lambda: self.traffic.answered >= end)
        self.deaths += self.traffic.answered < end

    def _check_files(self, fault: Fault) -> None:
        """Compare what a process that was killed leaves with the ledger, before the next start."""
        if not self.traffic.sender.ledger.entries:
            return
        with folder_in_memory() as copy:
            for name in (DATABASE + end for end in FILES):
                if (self._folder / name).exists():
                    shutil.copy(self._folder / name, copy / name)
            contents = Files().contents(copy / DATABASE)
        wrong = contents.findings(self.traffic.sender.ledger)
        assert not wrong, (str(fault), wrong)


async def _register(service: Service) -> None:
    async with service.client(ADMIN) as admin:
        body = {"username": USER, "password": PASSWORD}
        assert (await admin.post("/users", json=body)).status_code in {201, 409}
