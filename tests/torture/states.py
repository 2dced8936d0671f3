"""The states in which a power failure can leave the files of a recorded service.

What was synced is on the disk. Of what was written since, any part may be, in any order: each
write whole, in some of its sectors, or not at all.
"""

import random
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

import msgspec

from tests.torture.disk import Happening
from tests.torture.ledger import Entry

SECTOR = 512
JOURNAL = "-journal"
"""Deleted by the time that the service serves."""
UUID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Survival = Literal["none", "all", "first", "some"]
SURVIVALS: tuple[Survival, ...] = ("none", "all", "first", "some", "some")
"""What survives of the writes that are not synced: the first of them, or any, are torn too."""


class Remains(NamedTuple):
    """What is left of a file: what was synced, as of a sync, and what else survives."""

    synced: int
    survivors: tuple[Happening, ...]


def placed(entries: Sequence[Entry], record: Sequence[Happening]) -> list[Entry]:
    """Return the entries in the order of the record: answers when they left the service."""
    told: dict[str, int] = {}
    to_port = defaultdict[int, list[int]](list)
    for one in record:
        if one.kind == "a":
            to_port[one.place].append(one.at)
            for key in UUID.findall(one.data):
                told.setdefault(key.decode(), one.at)

    def place(entry: Entry) -> int:
        if entry.status is None:
            return entry.place
        if entry.verb == "store" and entry.ecg_id:
            return told[entry.ecg_id]
        return max((at for at in to_port[entry.port] if at < entry.place), default=entry.place)

    moved = [msgspec.structs.replace(entry, place=place(entry)) for entry in entries]
    return sorted(moved, key=lambda entry: entry.place)


class Surface:
    """What is on the disk, and what may be."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._sure: dict[str, bytearray] = defaultdict(bytearray)
        self._pending: dict[str, list[Happening]] = defaultdict(list)
        self._begun: dict[str, int] = {}
        self._synced: dict[str, int] = defaultdict(int)

    @property
    def unsynced(self) -> int:
        return sum(map(len, self._pending.values()))

    def note(self, one: Happening) -> None:
        if one.file == JOURNAL:
            return
        if one.kind in "wt":
            self._pending[one.file].append(one)
        elif one.kind == "b":
            self._begun[one.file] = len(self._pending[one.file])
        elif one.kind in "sf":
            self._settle(one)

    def _settle(self, one: Happening) -> None:
        """Put what was written before the sync on the disk; after one that failed, a part.

        The system reports a failure once, and takes what it could not write for written.
        """
        pending, count = self._pending[one.file], self._begun[one.file]
        written, self._pending[one.file] = pending[:count], pending[count:]
        kept = written if one.kind == "s" else self._survivors("some", written)
        for write in kept:
            put(self._sure[one.file], write)
        self._synced[one.file] += 1

    def after_failure(self, survival: Survival) -> dict[str, Remains]:
        """Return what may be left of the files if the power fails now."""
        return {
            name: Remains(self._synced[name], tuple(self._survivors(survival, pending)))
            for name, pending in self._pending.items()
        }

    def content(self, name: str, remains: Remains) -> bytearray:
        """Return the content of a file of which this remains, before the next sync."""
        content = bytearray(self._sure[name])
        for one in remains.survivors:
            put(content, one)
        return content

    def _survivors(self, survival: Survival, pending: Sequence[Happening]) -> list[Happening]:
        chance = self._chance
        if survival in {"none", "all"}:
            return [*pending] if survival == "all" else []
        if survival == "first":
            whole = chance.randint(0, len(pending))
            return [
                *pending[:whole],
                *(s for one in pending[whole : whole + 1] for s in self._torn(one)),
            ]
        kept = list[Happening]()
        for one in pending:
            fate = chance.random()
            kept += [one] if fate < 0.4 else self._torn(one) if fate < 0.55 else []
        return kept

    def _torn(self, one: Happening) -> Iterator[Happening]:
        """Yield some sectors of a write."""
        for start in range(0, len(one.data), SECTOR):
            if self._chance.random() < 0.5:
                data = one.data[start : start + SECTOR]
                yield one._replace(place=one.place + start, data=data)


def put(content: bytearray, one: Happening) -> None:
    """Write to the content, or truncate it; what is skipped is zero."""
    if one.kind == "t":
        del content[one.place :]
    if len(content) < one.place:
        content.extend(bytes(one.place - len(content)))
    if one.kind == "w":
        content[one.place : one.place + len(one.data)] = one.data


def failures(
    record: Sequence[Happening], surface: Surface, start: int
) -> Iterator[tuple[int, Survival]]:
    """Yield places of the record from one on, while the surface follows, and what survives there.

    That is one of several where something is not synced, and the only one elsewhere.
    """
    for one in record:
        surface.note(one)
        if one.at >= start and one.kind != "b":
            for survival in SURVIVALS if surface.unsynced else SURVIVALS[1:2]:
                yield one.at, survival
