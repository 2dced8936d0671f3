"""D16: a database is backed up while many send, and another host goes on from the backup."""

import asyncio
import random
from collections import Counter
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.e2e.service import launch, running
from tests.torture.kills import SETTINGS
from tests.torture.ledger import Entry, Ledger
from tests.torture.outages.struck import Struck
from tests.torture.place import Place
from tests.torture.sender import Sender, unfinished

BACKUPS = 5
BACKUP, LEDGER = "backup.db", "ledger.jsonl"


@contextmanager
def file(_: Place) -> Generator[str]:
    """Yield the URL of a database in the folder of who asks for it."""
    yield "sqlite:///ecg.db"


def served(place: Place) -> AbstractContextManager[str]:
    """Yield the URL of a database of PostgreSQL."""
    return place.servers.postgres.database()


@dataclass
class Backups:
    """Each takes the place of the one before; `held` is what was asked for until the last one ended."""

    folder: Path
    url: str
    ledger: Ledger
    chance: random.Random
    held: list[Entry] = field(default_factory=list[Entry])
    killed: int = 0

    async def one(self) -> None:
        """Make one, or kill the command that does."""
        begun = len(self.ledger.entries)
        process = await launch(
            self.folder, "db", "backup", BACKUP, "--force", database_url=self.url
        )
        if self.held and self.chance.random() < 0.4:
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            self._kill(process)
        if await process.wait() == 0:
            self.held = [*self.ledger.entries[:begun], *self._attempted(begun)]

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            process.kill()
            self.killed += 1

    def _attempted(self, begun: int) -> list[Entry]:
        """What may be in a backup that has begun: what was asked for meanwhile, whatever was answered."""
        return [entry for entry in self.ledger.entries[begun:] if entry.status is None]


async def round_of(
    place: Place, database: Callable[[Place], AbstractContextManager[str]], count: int = BACKUPS
) -> Counter[str]:
    """D16: back up under load, kill some backups, and compare what the last one brings back elsewhere."""
    with database(place) as url:
        async with running(place.folder, database_url=url, **SETTINGS) as service:
            await service.register()
            struck = Struck.at(place, service)
            backups = Backups(place.folder, url, struck.traffic.sender.ledger, struck.chance)
            figures = await struck.by([backups.one] * count)
    with database(place) as url:
        held = await _restored(place.folder, backups.held, url)
    return figures + Counter(held=held, killed=backups.killed)


async def _restored(folder: Path, held: list[Entry], url: str) -> int:
    """Go on from the backup on an empty host; return how many ECGs must be there."""
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    for command in (("restore", str(folder / BACKUP)), ("check",)):
        process = await launch(elsewhere, "db", *command, database_url=url)
        assert await process.wait() == 0, (elsewhere / "log").read_text()
    ledger = Ledger(elsewhere / LEDGER)
    ledger.write(*held)
    async with (
        running(elsewhere, database_url=url, **SETTINGS) as service,
        service.client() as user,
    ):
        wrong = [*await Sender(ledger).findings(user), *await unfinished(user)]
        assert not wrong, wrong
        assert await service.stop() == 0
    return ledger.acknowledged
