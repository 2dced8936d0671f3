"""The answer to a batch, written while its items end."""

import asyncio
from collections.abc import Sequence

import msgspec
from litestar.types import Send

from ecg_service.api.edge.problems import problem_of
from ecg_service.api.schemas.batches import BatchItem
from ecg_service.services.ingest.batches import Outcome
from ecg_service.services.ingest.submissions import Receipt

MAX_DETAILED = 1_000_000
"""Bytes that wait to be sent, beyond which problems are brief."""

_encode = msgspec.json.Encoder().encode

_HEADERS = [(b"content-type", b"application/json")]


class BatchAnswers:
    """`{"items":[…],"accepted":n,"rejected":m}`: whole in the end, sent as far as it is known.

    Telling never waits for the client to read. What it has not read is kept, as text.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._text = bytearray(b'{"items":[')
        self._told = asyncio.Event()
        self._accepted = self._rejected = 0
        self._is_finished = False

    def tell(self, outcomes: Sequence[Outcome]) -> None:
        """Add the next items."""
        for outcome in outcomes:
            if self._accepted + self._rejected:
                self._text += b","
            self._text += _encode(self._item(outcome))
        self._told.set()

    def finish(self) -> None:
        """Add the end."""
        self._text += b'],"accepted":%d,"rejected":%d}' % (self._accepted, self._rejected)
        self._is_finished = True
        self._told.set()

    async def write(self) -> None:
        """Send 200 with the first item, and the others as they are told."""
        await self._told.wait()
        await self._send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        more = True
        while more:
            await self._told.wait()
            self._told.clear()
            text, self._text, more = bytes(self._text), bytearray(), not self._is_finished
            await self._send({"type": "http.response.body", "body": text, "more_body": more})

    def _item(self, outcome: Outcome) -> BatchItem:
        index = self._accepted + self._rejected
        if isinstance(outcome, Receipt):
            self._accepted += 1
            return BatchItem.stored(index, outcome)
        self._rejected += 1
        status, problem = problem_of(outcome, brief=len(self._text) > MAX_DETAILED)
        return BatchItem(index, status, problem=problem)
