"""The blob of a long ECG, of which a thread reads ranges through the connections of the event loop."""

import asyncio
from asyncio import AbstractEventLoop
from concurrent.futures import CancelledError
from uuid import UUID

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.domain.errors import EcgNotFound, StorageUnavailable

WHOLE, FIRST, AHEAD = 1_048_576, 65_536, 1_048_576
"""Bytes: of blobs that are read as a whole, of the beginning of others, and read ahead behind what was read last."""

BEGINNING = f"substring(blob FOR CASE WHEN length(blob) > {WHOLE} THEN {FIRST} ELSE {WHOLE} END)"
RANGE = "SELECT substring(blob FROM $2 FOR $3) FROM ecgs WHERE id = $1"


class StoredBlob:
    """A `PackedBlob`; each range is of a snapshot of its own, but an ECG never changes."""

    def __init__(
        self, engine: Engine, loop: AbstractEventLoop, ecg_id: UUID, beginning: bytes, size: int
    ) -> None:
        """Take a blob that has been read as far as its beginning."""
        self._engine, self._loop = engine, loop
        self._id, self._beginning, self.size = ecg_id, beginning, size
        self._start, self._kept = 0, beginning

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`; raises `EcgNotFound` if it was deleted. Blocks."""
        if stop <= len(self._beginning):
            return self._beginning[start:stop]
        if not self._start <= start <= stop <= self._start + len(self._kept):
            self._keep(start, stop)
        return self._kept[start - self._start : stop - self._start]

    def _keep(self, start: int, stop: int) -> None:
        follows = self._start <= start <= self._start + len(self._kept)
        number = max(stop - start, AHEAD if follows else 0)
        reading = asyncio.run_coroutine_threadsafe(self._fetch(start, number), self._loop)
        try:
            # Bounded: when the store is closed the event loop waits for this thread.
            self._kept = reading.result(self._engine.read_seconds)
        except (TimeoutError, CancelledError) as error:
            raise StorageUnavailable("the database took too long") from error
        self._start = start

    async def _fetch(self, start: int, number: int) -> bytes:
        row = await self._engine.read(
            lambda connection: connection.fetchrow(RANGE, self._id, start + 1, number)
        )
        if row is None:
            raise EcgNotFound
        return row[0]
