"""Authenticates users by name and password; verifies slowly once, then remembers for a while."""

import asyncio
import hashlib
import secrets
import time
from collections import OrderedDict
from weakref import WeakValueDictionary

from msgspec import Struct

from ecg_service.domain.errors import Unauthenticated, UserNotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import User
from ecg_service.ports.users import PasswordHasher, UserRepository


class CredentialStatistics(Struct, frozen=True):
    """How many credentials are remembered, and how often one was found."""

    entries: int
    capacity: int
    hits: int
    misses: int


class _Entry(Struct):
    """Verified credentials: fresh until `recheck`, which is never later than `expires`."""

    user: User
    principal: Principal
    expires: float
    recheck: float


class VerifiedCredentials:
    """Remembers `capacity` credentials for `ttl` seconds each; none by default.

    Keys are MACs (keyed BLAKE2, RFC 7693) under a secret of this process, so no password stays in
    memory. An entry is fresh for `recheck` seconds; then its user is compared with the store, so
    that a change by another process takes effect within that time. A change by this process takes
    effect at once: it calls `forget`.
    """

    def __init__(self, *, ttl: float = 0, recheck: float = 0, capacity: int = 0) -> None:
        self._ttl = ttl
        self._recheck = min(recheck, ttl)
        self._capacity = capacity
        self._secret = secrets.token_bytes(hashlib.blake2b.MAX_KEY_SIZE)
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._hits = self._misses = 0
        self.generation = 0
        """How often `forget` was called."""

    def key(self, name: str, password: str) -> bytes:
        """Return the key under which these credentials are remembered."""
        named = f"{len(name)}:{name}{password}".encode()
        return hashlib.blake2b(named, key=self._secret).digest()  # a third of the time of an HMAC

    def fresh(self, key: bytes) -> Principal | None:
        """Return the principal of credentials that are fresh."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() >= entry.recheck:
            return None
        self._hits += 1
        return entry.principal

    def stale(self, key: bytes) -> User | None:
        """Return the user as verified, to be compared with the store."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() >= entry.expires:
            return None
        return entry.user

    def renew(self, key: bytes) -> None:
        """Make credentials fresh again, since the store still has their user unchanged."""
        self._hits += 1
        if entry := self._entries.get(key):
            entry.recheck = min(time.monotonic() + self._recheck, entry.expires)

    def drop(self, key: bytes) -> None:
        """Remove these credentials, so that they are verified again."""
        self._misses += 1
        self._entries.pop(key, None)

    def remember(self, key: bytes, user: User, generation: int) -> None:
        """Remember verified credentials, unless `forget` was called since that generation.

        A verification that began before a change saw the user as they were before it.
        """
        if generation != self.generation:
            return
        now = time.monotonic()
        self._entries[key] = _Entry(
            user, Principal.of(user), expires=now + self._ttl, recheck=now + self._recheck
        )
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def forget(self, name: str) -> None:
        """Forget this user's credentials, including verifications in progress."""
        self.generation += 1
        for key in [key for key, entry in self._entries.items() if entry.user.name == name]:
            del self._entries[key]

    def statistics(self) -> CredentialStatistics:
        """Return counts since the start of the process."""
        return CredentialStatistics(len(self._entries), self._capacity, self._hits, self._misses)


class PasswordAuthenticator:
    """Verifies a password with the slow hash once, and remembers it for a while."""

    def __init__(
        self, users: UserRepository, hasher: PasswordHasher, verified: VerifiedCredentials
    ) -> None:
        self._users = users
        self._hasher = hasher
        self._verified = verified
        self._verifying: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    async def authenticate(self, name: str, password: str) -> Principal:
        """Return the enabled user with this password as a principal, or raise `Unauthenticated`."""
        key = self._verified.key(name, password)
        if principal := self._verified.fresh(key):
            return principal
        lock = self._verifying.setdefault(key, asyncio.Lock())
        async with lock:  # of concurrent requests with equal credentials, one verifies
            if principal := self._verified.fresh(key):
                return principal
            return Principal.of(
                await self._unchanged(key, name) or await self._verify(key, name, password)
            )

    async def _unchanged(self, key: bytes, name: str) -> User | None:
        """Return the user verified earlier, if the store still has them unchanged."""
        user = self._verified.stale(key)
        if user and await self._find(name) == user:
            self._verified.renew(key)
            return user
        self._verified.drop(key)
        return None

    async def _verify(self, key: bytes, name: str, password: str) -> User:
        generation = self._verified.generation
        user = await self._find(name)
        right = await self._hasher.verify(password, user.password_hash if user else None)
        if not right or user is None or user.disabled:
            raise Unauthenticated
        self._verified.remember(key, user, generation)
        return user

    async def _find(self, name: str) -> User | None:
        try:
            return await self._users.get(name)
        except UserNotFound:
            return None
