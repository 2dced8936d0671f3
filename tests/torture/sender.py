"""Sends to a service, reads from it, and keeps account of both."""

import json
import re
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Literal

import httpx
import msgspec

from tests.e2e.service import Json, crossings_of, listed
from tests.torture.ledger import STORED, Entry, Ledger, content_of

Framing = Literal["application/x-ndjson", "application/vnd.ecg.msgpack-stream"]
INSIGHT_SECONDS = 30
ITEM = re.compile(rb'\{"index":(\d+),"status":(\d+),"(?:ecg_id":"([^"]+)"|problem")')


def is_miscounted(ecg: Json) -> bool:
    return any(
        lead["zero_crossings"]
        != crossings_of(lead["signal"], lead["baseline"], lead.get("missing"))
        for lead in ecg["leads"]
    )


def framed(ecgs: Sequence[Json], framing: Framing) -> bytes:
    if framing == "application/x-ndjson":
        return b"".join(json.dumps(ecg).encode() + b"\n" for ecg in ecgs)
    documents = [msgspec.msgpack.encode(ecg) for ecg in ecgs]
    return b"".join(struct.pack(">I", len(one)) + one for one in documents)


def port_of(answer: httpx.Response) -> int:
    """Return the port that the answer came to, or 0 if the connection is gone or none."""
    with suppress(KeyError, OSError):
        return answer.extensions["network_stream"].get_extra_info("client_addr")[1]
    return 0


class Sender:
    """One user's client, and the ledger of all it has done.

    `place` tells how far the record of the service's disk is, if there is one.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.misread = list[str]()
        self.failed_reads = 0
        self.place: Callable[[], int] = lambda: 0
        self._read: dict[str, str] = {}

    @classmethod
    def on(cls, journal: Path) -> "Sender":
        return cls(Ledger(journal))

    async def post(
        self, user: httpx.AsyncClient, ecg: Json, key: str | None = None
    ) -> httpx.Response:
        entry = Entry(content_of(ecg), keyed=key is not None)
        self._begin(entry)
        headers = {"Idempotency-Key": f'"{key}"'} if key else None
        answer = await user.post("/ecg", json=ecg, headers=headers)
        created: Json = answer.json() if answer.status_code == STORED else {}
        self._end(entry, answer, answer.status_code, created.get("ecg_id"))
        return answer

    async def post_batch(
        self,
        user: httpx.AsyncClient,
        ecgs: Sequence[Json],
        framing: Framing,
        *,
        group: str | None = None,
    ) -> None:
        """Send the ECGs in one request, those of a group together; note each item as it comes."""
        entries = [Entry(content_of(ecg), group=group) for ecg in ecgs]
        self._begin(*entries)
        path = "/ecg/batch?atomic=true" if group else "/ecg/batch"
        headers = {"Content-Type": framing, "Accept-Encoding": "identity"}
        sent = user.stream("POST", path, content=framed(ecgs, framing), headers=headers)
        async with sent as answer:
            if answer.status_code == HTTPStatus.OK:
                await self._note_items(entries, answer)
            else:
                for entry in entries:
                    self._end(entry, answer, answer.status_code)

    async def _note_items(self, entries: Sequence[Entry], answer: httpx.Response) -> None:
        text, noted = b"", 0
        async for piece in answer.aiter_raw():
            text += piece
            for index, status, ecg_id in ITEM.findall(text)[noted:]:
                self._end(entries[int(index)], answer, int(status), ecg_id.decode() or None)
                noted += 1

    async def delete(self, user: httpx.AsyncClient, ecg_id: str, content: str) -> None:
        entry = Entry(content, verb="delete", ecg_id=ecg_id)
        self._begin(entry)
        answer = await user.delete(f"/ecg/{ecg_id}")
        self._end(entry, answer, answer.status_code, ecg_id)

    async def read(self, user: httpx.AsyncClient, ecg_id: str, content: str) -> None:
        """Read an ECG that was acknowledged, and note if it is not what was sent."""
        answer = await user.get(f"/ecg/{ecg_id}")
        attempts = self.ledger.attempts[content]
        self.failed_reads += answer.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
        if answer.status_code == HTTPStatus.NOT_FOUND and not attempts.may_be_gone:
            self.misread.append(f"not found: {ecg_id}")
        if answer.status_code == HTTPStatus.OK and content_of(answer.json()) != content:
            self.misread.append(f"altered: {ecg_id}")

    def _begin(self, *entries: Entry) -> None:
        place = self.place()
        self.ledger.write(*(msgspec.structs.replace(one, place=place) for one in entries))

    def _end(
        self, begun: Entry, answer: httpx.Response, status: int, ecg_id: str | None = None
    ) -> None:
        told = {"place": self.place(), "port": port_of(answer)}
        self.ledger.write(msgspec.structs.replace(begun, status=status, ecg_id=ecg_id, **told))

    async def findings(self, user: httpx.AsyncClient, *, again: bool = False) -> list[str]:
        """Compare all ECGs of the user with what was sent, and return what is wrong.

        Samples and counts that were compared before are read `again` only if asked for.
        """
        if again:
            self._read.clear()
        stored = defaultdict[str, list[str]](list)
        wrong = list(self.misread)
        for one in await listed(user):
            key: str = one["ecg_id"]
            if key not in self._read:
                ecg = (await user.get(f"/ecg/{key}")).raise_for_status().json()
                wrong += [f"miscounted: {key}"] if is_miscounted(ecg) else []
                self._read[key] = content_of(ecg)
            stored[self._read[key]].append(key)
        return wrong + self.ledger.findings(stored)


async def unfinished(user: httpx.AsyncClient) -> list[str]:
    """Wait for the insights of all ECGs of the user, together no longer than for one; return what is not done."""
    wrong, end = list[str](), time.monotonic() + INSIGHT_SECONDS
    for one in await listed(user):
        wait = {"Prefer": f"wait={max(0, round(end - time.monotonic()))}"}
        answer = await user.get(f"/ecg/{one['ecg_id']}/insights", headers=wait)
        insights = answer.json()["insights"]
        states = {name: insight["state"] for name, insight in insights.items()}
        if set(states.values()) != {"done"}:
            wrong.append(f"unfinished: {one['ecg_id']} {states}")
    return wrong
