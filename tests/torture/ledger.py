"""What was sent to a service, what it answered, and whether what it holds agrees.

Each content is sent once, or again with the same `id` or idempotency key. The journal has a line before each attempt
and one after each answer, so that it tells as much as is known even if the sender is killed.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from tests.e2e.service import Json

STORED = 201
NOTHING_CHANGED = {*range(400, 500), 503, 507}
"""The statuses of answers that say so; after any other, or none, what was asked is done or not."""
DELETED = 204


def content_of(ecg: Json) -> str:
    """Hash the samples of an ECG and what they mean, as they were sent or as they came back."""
    known = ("name", "signal", "baseline", "missing")
    parts = [ecg.get("id"), *([lead.get(part) for part in known] for lead in ecg["leads"])]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def whole_lines(journal: Path) -> list[str]:
    """Return the lines of a file, which may not exist yet; cut off a last one that is broken."""
    journal.touch()
    text = journal.read_bytes()
    text = text[: text.rfind(b"\n") + 1]
    os.truncate(journal, len(text))
    return text.decode().splitlines()


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the journal: an attempt that begins has no status, its answer has one.

    Those that are stored together or not at all have the same `group`. `place` is that of the
    service's record of its disk, and `port` the sender's, if there is a record.
    """

    content: str
    status: int | None = None
    ecg_id: str | None = None
    verb: Literal["store", "delete"] = "store"
    group: str | None = None
    keyed: bool = False
    place: int = 0
    port: int = 0


@dataclass
class Attempts:
    """What became of one content: the ids it was answered with, and attempts without outcome."""

    ecg_ids: set[str] = field(default_factory=set[str])
    unknown: int = 0
    deleting: int = 0
    deleted: bool = False
    keyed: bool = False

    def note(self, entry: Entry) -> None:
        if entry.verb == "store":
            self._note_store(entry)
        else:
            self._note_delete(entry)

    def _note_store(self, entry: Entry) -> None:
        self.keyed |= entry.keyed
        if entry.status is None:
            self.unknown += 1
        elif entry.ecg_id:
            self.ecg_ids.add(entry.ecg_id)
            self.unknown -= 1
        elif entry.status in NOTHING_CHANGED:
            self.unknown -= 1

    def _note_delete(self, entry: Entry) -> None:
        if entry.status is None:
            self.deleting += 1
        elif entry.status == DELETED:
            self.deleted = True
        elif entry.status in NOTHING_CHANGED:
            self.deleting -= 1

    @property
    def may_be_gone(self) -> bool:
        return self.deleted or self.deleting > 0

    def findings(self, found: list[str]) -> Iterator[str]:
        """Say what is wrong if these ids have the content."""
        if len(found) > 1 or len(self.ecg_ids) > 1:
            yield f"doubled: {found}, answered {self.ecg_ids}"
        if (lost := self.ecg_ids.difference(found)) and not self.may_be_gone:
            yield f"lost or altered: {lost}"
        if found and not self.ecg_ids and not self.unknown:
            yield f"stored although refused: {found}"
        if found and self.deleted:
            yield f"there although deleted: {found}"


class Account:
    """The sums of a ledger: what may be held, and what must be."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.attempts: dict[str, Attempts] = defaultdict(Attempts)
        self._groups: dict[str, set[str]] = defaultdict(set)
        for entry in entries:
            self.note(entry)

    def note(self, entry: Entry) -> None:
        self.attempts[entry.content].note(entry)
        if entry.group:
            self._groups[entry.group].add(entry.content)

    @property
    def acknowledged(self) -> int:
        return sum(1 for attempts in self.attempts.values() if attempts.ecg_ids)

    def findings(self, stored: Mapping[str, list[str]]) -> list[str]:
        """Say what is wrong if the service holds these ids, by content."""
        wrong = list[str]()
        for content, attempts in self.attempts.items():
            wrong += attempts.findings(stored.get(content, []))
        for group, contents in self._groups.items():
            if 0 < len(contents.intersection(stored)) < len(contents):
                wrong.append(f"torn: of {group} only a part is stored")
        strange = [ids for content, ids in stored.items() if content not in self.attempts]
        return wrong + [f"never sent, or altered: {ids}" for ids in strange]


class Ledger(Account):
    """An account that is also a file; one that exists is read and continued."""

    def __init__(self, journal: Path) -> None:
        self.entries = [msgspec.json.decode(line, type=Entry) for line in whole_lines(journal)]
        super().__init__(self.entries)
        self._journal = journal

    @property
    def statuses(self) -> list[int]:
        return [entry.status for entry in self.entries if entry.status is not None]

    def write(self, *entries: Entry) -> None:
        with self._journal.open("ab") as journal:
            journal.write(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))
        for entry in entries:
            self.note(entry)
        self.entries += entries
