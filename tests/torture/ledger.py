"""What was sent to a service, what it answered, and whether what it holds agrees.

Each content is sent once, or again with the same `id` or idempotency key. The journal has a line before each attempt
and one after each answer, so that it tells as much as is known even if the sender is killed.
"""

import hashlib
import json
import os
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec

from tests.e2e.service import Json, crossings_of, listed

STORED = 201
NOTHING_STORED = {*range(400, 500), 503}
"""The statuses of answers that say so; after any other, or none, an ECG is there or not."""


def content_of(ecg: Json) -> str:
    """Hash the samples of an ECG and what they mean, as they were sent or as they came back."""
    known = ("name", "signal", "baseline", "missing")
    parts = [ecg.get("id"), *([lead.get(part) for part in known] for lead in ecg["leads"])]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def is_miscounted(ecg: Json) -> bool:
    return any(
        lead["zero_crossings"]
        != crossings_of(lead["signal"], lead["baseline"], lead.get("missing"))
        for lead in ecg["leads"]
    )


def whole_lines(journal: Path) -> list[str]:
    """Return the lines of a file, which may not exist yet; cut off a last one that is broken."""
    journal.touch()
    text = journal.read_bytes()
    text = text[: text.rfind(b"\n") + 1]
    os.truncate(journal, len(text))
    return text.decode().splitlines()


class Entry(msgspec.Struct, frozen=True):
    """A line of the journal: an attempt that begins has no status, its answer has one."""

    content: str
    status: int | None = None
    ecg_id: str | None = None


@dataclass
class Attempts:
    """What became of one content: the ids it was answered with, and attempts without outcome."""

    ecg_ids: set[str] = field(default_factory=set[str])
    unknown: int = 0

    def note(self, entry: Entry) -> None:
        if entry.status is None:
            self.unknown += 1
        elif entry.status in NOTHING_STORED:
            self.unknown -= 1
        elif entry.ecg_id:
            self.ecg_ids.add(entry.ecg_id)
            self.unknown -= 1

    def findings(self, found: list[str]) -> Iterator[str]:
        """Say what is wrong if these ids have the content."""
        if len(found) > 1 or len(self.ecg_ids) > 1:
            yield f"doubled: {found}, answered {self.ecg_ids}"
        if lost := self.ecg_ids.difference(found):
            yield f"lost or altered: {lost}"
        if found and not self.ecg_ids and not self.unknown:
            yield f"stored although refused: {found}"


class Ledger:
    """Sends ECGs and keeps account; a journal that exists is read and continued."""

    def __init__(self, journal: Path) -> None:
        self.statuses: list[int] = []
        self._sent: dict[str, Attempts] = defaultdict(Attempts)
        self._read: dict[str, str] = {}
        for line in whole_lines(journal):
            entry = msgspec.json.decode(line, type=Entry)
            self._sent[entry.content].note(entry)
        self._journal = journal

    @property
    def acknowledged(self) -> int:
        return sum(1 for attempts in self._sent.values() if attempts.ecg_ids)

    async def post(
        self, user: httpx.AsyncClient, ecg: Json, key: str | None = None
    ) -> httpx.Response:
        content = content_of(ecg)
        self._note(Entry(content))
        headers = {"Idempotency-Key": f'"{key}"'} if key else None
        answer = await user.post("/ecg", json=ecg, headers=headers)
        self.statuses.append(answer.status_code)
        created: Json = answer.json() if answer.status_code == STORED else {}
        self._note(Entry(content, answer.status_code, created.get("ecg_id")))
        return answer

    def _note(self, entry: Entry) -> None:
        with self._journal.open("ab") as journal:
            journal.write(msgspec.json.encode(entry) + b"\n")
        self._sent[entry.content].note(entry)

    async def findings(self, user: httpx.AsyncClient, *, again: bool = False) -> list[str]:
        """Compare all ECGs of the user with what was sent, and return what is wrong.

        Samples and counts that were compared before are read `again` only if asked for.
        """
        if again:
            self._read.clear()
        stored = defaultdict[str, list[str]](list)
        wrong = list[str]()
        for one in await listed(user):
            key: str = one["ecg_id"]
            if key not in self._read:
                ecg = (await user.get(f"/ecg/{key}")).raise_for_status().json()
                wrong += [f"miscounted: {key}"] if is_miscounted(ecg) else []
                self._read[key] = content_of(ecg)
            stored[self._read[key]].append(key)
        for content, attempts in self._sent.items():
            wrong += attempts.findings(stored.pop(content, []))
        return wrong + [f"never sent, or altered: {keys}" for keys in stored.values()]


async def unfinished(user: httpx.AsyncClient) -> list[str]:
    """Wait for the insights of all ECGs of the user; return what is not done."""
    wrong = list[str]()
    for one in await listed(user):
        path, wait = f"/ecg/{one['ecg_id']}/insights", {"Prefer": "wait=30"}
        insights = (await user.get(path, headers=wait)).json()["insights"]
        states = {name: insight["state"] for name, insight in insights.items()}
        if set(states.values()) != {"done"}:
            wrong.append(f"unfinished: {one['ecg_id']} {states}")
    return wrong
