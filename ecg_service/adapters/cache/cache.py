"""Entries of ECGs in Redis, none of which is outdated when it is found.

What the key of an ECG may hold: nothing, an entry, the token of whoever reads the store to make an
entry, or a grave while the ECG is being deleted. Only who finds nothing may put a token there, and
an entry only takes the place of the token of its maker. So whatever takes the token away (a
deletion, a flush, a restart) keeps out what was read before it.
"""

import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from ecg_service.adapters.cache.entries import (
    Key,
    TooLarge,
    Unusable,
    decode,
    encode,
    stamp,
)
from ecg_service.adapters.cache.limits import Limits
from ecg_service.adapters.cache.trust import Trust
from ecg_service.adapters.redis.connection import Refused, Session
from ecg_service.adapters.redis.server import Server, Unreachable
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.ecgs import Names
from ecg_service.ports.store import CacheStatistics

T = TypeVar("T")

TOKEN, TOKEN_SIZE, GRAVE = b"T", 17, b"G"
TOKEN_MILLISECONDS = 10_000
"""How long an entry may be in the making."""
GRAVE_MILLISECONDS = 60_000
"""Longer than a deletion may take."""

SETTLE = """
    if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
    if ARGV[2] == '' then return redis.call('UNLINK', KEYS[1]) end
    redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
    return 1
"""


class Absence(NamedTuple):
    """There is no entry, and one may be made."""

    key: Key
    stamp: bytes


@dataclass
class Making:
    """The right to make an entry of what the store is asked for from now on; without one, it gets none."""

    key: Key
    stamp: bytes
    token: bytes
    entry: bytes = b""


class Cache:
    """The entries of one store in one server."""

    def __init__(self, server: Server, trust: Trust, limits: Limits) -> None:
        self._server = server
        self._limits = limits
        self.trust = trust
        self._hits = self._misses = self._errors = 0

    def statistics(self) -> CacheStatistics:
        """Return what was found, and how many calls failed."""
        return CacheStatistics(
            hits=self._hits,
            misses=self._misses,
            errors=self._errors,
            is_reachable=self._server.is_reachable,
        )

    async def find(self, key: Key, insights: Names) -> StoredEcg | Absence | None:
        """Return the ECG, or that its entry may be made; None if it may not."""
        found = None
        if generation := await self.trust.generation():
            look = partial(_look, key, generation, insights, self._limits.max_bytes)
            found = await self._call(look)
        if isinstance(found, StoredEcg):
            self._hits += 1
        else:
            self._misses += 1
        return found

    async def claim(self, absence: Absence) -> Making | None:
        """Begin to make an entry, unless somebody else does; then ask the store."""
        making = Making(*absence, TOKEN + secrets.token_bytes(TOKEN_SIZE - 1))
        return making if await self._call(partial(_claim, making, self._limits.max_bytes)) else None

    def encode(self, making: Making, stored: StoredEcg, *, size: int) -> None:
        """Make the entry of an ECG whose blob has this size, if it gets one."""
        limit = self._limits.max_bytes
        with suppress(ValueError, OverflowError):  # a text or a number of the store in memory
            making.entry = encode(making.key, making.stamp, stored, max_bytes=limit, size=size)

    async def settle(self, making: Making) -> None:
        """Put the entry that was made, or nothing, in its place."""
        milliseconds = max(int(self._limits.entry_seconds * 1_000), 1)
        arguments = making.key.encoded(), making.token, making.entry, milliseconds
        await self._call(lambda session: session.ask("EVAL", SETTLE, 1, *arguments))

    async def drop(self, *keys: Key) -> bool:
        """Remove entries and whatever else is there; return whether they are known to be gone."""
        names = [key.encoded() for key in keys]
        return await self._call(lambda session: session.ask("UNLINK", *names)) is not None

    async def bury(self, *keys: Key) -> None:
        """Let nobody find or make an entry for a while."""

        async def bury(session: Session) -> None:
            for key in keys:
                await session.ask("SET", key.encoded(), GRAVE, "PX", GRAVE_MILLISECONDS)

        await self._call(bury)

    async def _call(self, work: Callable[[Session], Awaitable[T]]) -> T | None:
        try:
            return await self._server.call(work)
        except Unreachable as error:
            self._errors += error.__cause__ is not None  # or no call was made
            return None


def keys_of(owner: str, ecg_id: UUID) -> tuple[Key, Key]:
    """Return all keys of an ECG."""
    return Key(owner, ecg_id, whole=False), Key(owner, ecg_id, whole=True)


async def _look(
    key: Key, generation: bytes, insights: Names, max_bytes: int, session: Session
) -> StoredEcg | Absence | None:
    stamped = stamp(generation, session.run)
    held = await _held(session, key, max_bytes)
    if held == GRAVE or (held.startswith(TOKEN) and len(held) == TOKEN_SIZE):
        return None
    try:
        if held:
            return decode(held, key, stamped, insights)
    except TooLarge:
        return None
    except Unusable:
        await session.ask("UNLINK", key.encoded())
    return Absence(key, stamped)


async def _claim(making: Making, max_bytes: int, session: Session) -> bool:
    name = making.key.encoded()
    if await session.ask("SET", name, making.token, "NX", "PX", TOKEN_MILLISECONDS):
        return True
    if not await _held(session, making.key, max_bytes):  # nothing of ours, and it would stay
        await session.ask("UNLINK", name)
    return False


async def _held(session: Session, key: Key, max_bytes: int) -> bytes:
    """Return what the key holds, and of it no more than shows that it is too long for an entry."""
    try:
        return await session.ask("GETRANGE", key.encoded(), 0, max_bytes)
    except Refused:  # it holds no string
        return b"?"
