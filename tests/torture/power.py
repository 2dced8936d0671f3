"""D3: cut the power of a recorded service under load, at every moment and in many ways."""

import random
import shutil
import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from signal import SIGKILL, SIGTERM
from types import MappingProxyType
from typing import Self

from tests.e2e.service import running
from tests.torture.disk import Disk, Fault, Happening, command, happenings
from tests.torture.files import Contents, Files
from tests.torture.kills import SETTINGS
from tests.torture.ledger import Account, Entry
from tests.torture.states import Remains, Surface, Survival, failures, placed
from tests.torture.traffic import Traffic

DATABASE = "ecg.db"
MEMORY = Path("/dev/shm")
MOST_WRONG = 5
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Recording:
    """What a service did to its disk from its first start on, and what it answered meanwhile.

    States that are wrong are kept in the folder.
    """

    folder: Path
    record: Sequence[Happening]
    entries: Sequence[Entry]
    start: int


@dataclass
class Verdict:
    """How many states were looked at, how many differ in the files, and what is wrong."""

    states: int = 0
    distinct: int = 0
    wrong: list[str] = field(default_factory=list[str])


async def recorded(
    folder: Path,
    traffic: Traffic,
    disk: Disk,
    *faults: Fault,
    answers: int,
    env: Mapping[str, str] = NOTHING,
) -> Recording:
    """Run the service in an empty folder until it has given so many answers, and end it."""
    record, sender = folder / "record", traffic.sender
    record.touch()
    sender.place = lambda: record.stat().st_size
    watched = disk.env(folder / DATABASE, *faults, record=record) | dict(env)
    async with running(folder, command(watched), **SETTINGS) as service:
        await service.register()
        start = sender.place()
        await traffic.flow(service, until=lambda: traffic.answered >= answers)
        await service.stop(SIGTERM if answers % 2 else SIGKILL)
    happened = [*happenings(record)]
    return Recording(folder, happened, placed(sender.ledger.entries, happened), start)


def judge(
    recording: Recording, seed: int, most: int = 10**9, share: tuple[int, int] = (0, 1)
) -> Verdict:
    """Look at a share, one of so many, of the states of a recording, but at most at so many."""
    due, account, verdict = iter(recording.entries), Account(), Verdict()
    entry = next(due, None)
    part, of = share
    surface = Surface(random.Random(f"{seed} {share}"))
    cuts = failures(recording.record, surface, recording.start)
    with Laid.out(surface) as files:
        for at, survival in islice(cuts, part, None, of):
            while entry and entry.place <= at:
                account.note(entry)
                entry = next(due, None)
            wrong = files.after(survival).findings(account)
            verdict.states += 1
            verdict.wrong += [f"{at}-{survival}: {one}" for one in wrong]
            if wrong:
                files.keep(recording.folder / f"{at}-{survival}")
            if verdict.states == most or len(verdict.wrong) >= MOST_WRONG:
                break
        verdict.distinct = files.distinct
    return verdict


class Laid:
    """The files after a power failure, laid out for SQLite; each state of them is read once."""

    def __init__(self, surface: Surface, folder: Path) -> None:
        self._surface = surface
        self._folder = folder
        self._files = Files()
        self._wanted: dict[str, Remains] = {}
        self._there: dict[str, Remains] = {}
        self._seen: dict[tuple[tuple[str, Remains], ...], Contents] = {}

    @classmethod
    @contextmanager
    def out(cls, surface: Surface) -> Generator[Self]:
        with folder_in_memory() as folder:
            yield cls(surface, folder)

    @property
    def distinct(self) -> int:
        return len(self._seen)

    def after(self, survival: Survival) -> Contents:
        """Return what the database holds."""
        self._wanted = self._surface.after_failure(survival)
        key = tuple(self._wanted.items())
        if key not in self._seen:
            self._lay_out()
            self._seen[key] = self._files.contents(self._folder / DATABASE)
        return self._seen[key]

    def keep(self, folder: Path) -> None:
        """Copy the files to a folder, to be looked at."""
        self._lay_out()
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def _lay_out(self) -> None:
        for name, remains in self._wanted.items():
            if self._there.get(name) != remains:
                content = self._surface.content(name, remains)
                (self._folder / (DATABASE + name)).write_bytes(content)
        self._there = self._wanted


@contextmanager
def folder_in_memory() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
