"""ECGs of a store behind a cache."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from ecg_service.actors import Threads
from ecg_service.adapters.cache.cache import Absence, Cache, Making, keys_of
from ecg_service.adapters.cache.entries import Key, named
from ecg_service.adapters.threads import in_thread
from ecg_service.adapters.whole_blob import WholeBlob
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg
from ecg_service.domain.errors import Damaged, EcgError, EcgNotFound, OutcomeUnknown
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import EcgRepository, Names, Owned

T = TypeVar("T")


class CachedEcgs(EcgRepository):
    """The ECGs of another repository, of which single ones are read from the cache."""

    def __init__(self, ecgs: EcgRepository, cache: Cache, reading: Threads, max_bytes: int) -> None:
        self._ecgs = ecgs
        self._cache = cache
        self._reading = reading
        self._max_bytes = max_bytes
        self._making: dict[Key, asyncio.Event] = {}

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        return await self._ecgs.add_read(read, until=until, together=together)

    async def add_long(self, new: StoredEcg, *, until: float | None = None) -> Added:
        return await self._ecgs.add_long(new, until=until)

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        found = await self._find(Key(owner, ecg_id, samples), insights)
        if isinstance(found, StoredEcg):
            return found
        async with self._made(found) as making:
            if making is None:
                return await self._ecgs.get(owner, ecg_id, samples=samples, insights=insights)
            stored = await self._ecgs.get(owner, ecg_id, samples=samples)
            self._cache.encode(making, stored, size=len(stored.blob))
        return named(stored, insights)

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        found = await self._find(key := Key(owner, ecg_id, whole=True), insights)
        if isinstance(found, StoredEcg):
            try:
                return await in_thread(
                    self._reading, use, replace(found, blob=b""), WholeBlob(found.blob)
                )
            except Damaged:  # the store knows better
                await self._cache.drop(key)
                return await self._ecgs.read(owner, ecg_id, use, insights=insights)
        async with self._made(found) as making:
            if making is None:
                return await self._ecgs.read(owner, ecg_id, use, insights=insights)
            work = partial(self._use_and_encode, making, use, insights)
            return await self._ecgs.read(owner, ecg_id, work)

    def _use_and_encode(
        self,
        making: Making,
        use: Callable[[StoredEcg, PackedBlob], T],
        insights: Names,
        stored: StoredEcg,
        blob: PackedBlob,
    ) -> T:
        result = use(named(stored, insights), blob)
        with suppress(EcgError):  # it may be deleted by now, and what is asked for was read
            kept = blob.read(0, blob.size) if blob.size <= self._max_bytes else b""
            self._cache.encode(making, replace(stored, blob=kept), size=blob.size)
        return result

    async def _find(self, key: Key, insights: Names) -> StoredEcg | Absence | None:
        """Look for an entry; if one is being made here, again when it is there.

        What others read is not shared with those who come later: it may have been deleted meanwhile.
        """
        found = await self._cache.find(key, insights)
        if isinstance(found, StoredEcg) or key not in self._making:
            return found
        await self._making[key].wait()
        again = await self._cache.find(key, insights)
        return again if isinstance(again, StoredEcg) else None

    @asynccontextmanager
    async def _made(self, absence: Absence | None) -> AsyncGenerator[Making | None]:
        """Make the entry of what is read in the block, if it may be made."""
        if absence is None:
            yield None
            return
        with self._awaited(absence.key):
            making = await self._cache.claim(absence)
            try:
                yield making
            finally:
                if making is not None:
                    await self._cache.settle(making)

    @contextmanager
    def _awaited(self, key: Key) -> Generator[None]:
        """Let others wait until the block ends."""
        made = self._making[key] = asyncio.Event()
        try:
            yield
        finally:
            del self._making[key]
            made.set()

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
        max_bytes: int | None = None,
    ) -> list[Ecg | UnreadableEcg]:
        return await self._ecgs.page(
            owner, limit=limit, since=since, until=until, after=after, max_bytes=max_bytes
        )

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        async with self._deleting((owner, ecg_id)):
            await self._ecgs.delete(owner, ecg_id, by=by)

    async def find(self, *, before: UUID, owner: str | None = None, limit: int) -> list[Owned]:
        return await self._ecgs.find(before=before, owner=owner, limit=limit)

    async def delete_many(self, ecgs: Sequence[Owned]) -> None:
        if ecgs:
            async with self._deleting(*ecgs):
                await self._ecgs.delete_many(ecgs)

    async def scrub(self) -> None:
        await self._ecgs.scrub()

    @asynccontextmanager
    async def _deleting(self, *ecgs: Owned) -> AsyncGenerator[None]:
        """Remove the entries of ECGs that are deleted in the block."""
        keys = [key for one in ecgs for key in keys_of(*one)]
        # Should this process end before it has removed them.
        await self._cache.bury(*keys)
        try:
            yield
        except (EcgNotFound, OutcomeUnknown):  # another one may have deleted it, and ended
            await self._forget(*keys)
            raise
        await self._forget(*keys)

    async def _forget(self, *keys: Key) -> None:
        """Return when nobody finds the entries any more."""
        if not await self._cache.drop(*keys):
            await self._cache.trust.renew()

    async def forget_keys(self, older: UUID, *, owner: str | None = None, limit: int) -> int:
        return await self._ecgs.forget_keys(older, owner=owner, limit=limit)

    async def generation(self) -> bytes:
        return await self._ecgs.generation()

    async def renew_generation(self) -> None:
        await self._cache.trust.renew()

    async def ping(self) -> None:
        await self._ecgs.ping()
