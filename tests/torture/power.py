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
from typing import Any

from tests.e2e.service import running
from tests.torture.disk import Disk, Fault, Happening, command, happenings
from tests.torture.files import Files
from tests.torture.ledger import Account, Entry
from tests.torture.states import Image, Surface, failures, placed
from tests.torture.traffic import Traffic

DATABASE = "ecg.db"
MEMORY = Path("/dev/shm")
SETTINGS: dict[str, Any] = {"sweep_seconds": 0.2}
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
    """How many states were looked at, and what is wrong with some."""

    states: int = 0
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
    surface = Surface(random.Random(f"{seed} {share}"))
    due, account = iter(recording.entries), Account()
    entry, files, verdict = next(due, None), Files(), Verdict()
    part, of = share
    with folder_in_memory() as folder:
        cuts = failures(recording.record, surface, recording.start)
        for at, survival in islice(cuts, part, None, of):
            while entry and entry.place <= at:
                account.note(entry)
                entry = next(due, None)
            image = surface.after_failure(survival)
            write(folder, image)
            wrong = files.findings(folder / DATABASE, account)
            verdict.states += 1
            verdict.wrong += [f"{at}-{survival}: {one}" for one in wrong]
            if wrong:
                write(recording.folder / f"{at}-{survival}", image)
            if verdict.states == most or len(verdict.wrong) >= MOST_WRONG:
                break
    return verdict


@contextmanager
def folder_in_memory() -> Generator[Path]:
    folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def write(folder: Path, image: Image) -> None:
    folder.mkdir(exist_ok=True)
    for end, content in image.items():
        (folder / (DATABASE + end)).write_bytes(content)
