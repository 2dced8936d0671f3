"""Remembers verified credentials for a while, in bounded memory."""

import hashlib
import math
import secrets
import time
from collections import OrderedDict
from typing import Self

from msgspec import Struct

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import User


class CredentialStatistics(Struct, frozen=True):
    """How many credentials are remembered, and how often one was found."""

    entries: int
    capacity: int
    hits: int
    misses: int


class Verified(Struct, frozen=True):
    """Whose credentials they are, as stored, and what these allow, for at most so many seconds."""

    user: User
    principal: Principal
    seconds: float = math.inf

    @classmethod
    def of(cls, user: User) -> Self:
        """Return credentials that allow all that the user may do, until the user changes."""
        return cls(user, Principal.of(user))


AHEAD = 0.25
"""The last part of the time for which credentials are fresh, in which their user is looked at again."""


class _Entry(Struct):
    """Verified credentials: fresh until `recheck`, which is never later than `expires`.

    From `due` on they are to be looked at again ahead. Use keeps them from expiring until `ends`.
    """

    verified: Verified
    expires: float
    recheck: float
    ends: float
    due: float


class VerifiedCredentials:
    """Remembers `capacity` credentials for `ttl` seconds after their last use; none by default.

    Keys are MACs (keyed BLAKE2, RFC 7693) under a secret of this process, so no password or token
    stays in memory. An entry is fresh for `recheck` seconds; then its user is compared with the store, so
    that a change by another process takes effect within that time. A change by this process takes
    effect at once: it calls `forget`. One that has expired has to be verified again; until it makes room
    for others it `proves` that it was right.
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

    def key_of_token(self, token: bytes) -> bytes:
        """Return the key under which a bearer token is remembered, which no password has."""
        return hashlib.blake2b(token, key=self._secret, person=b"token").digest()

    def fresh(self, key: bytes) -> Principal | None:
        """Return the principal of credentials that are fresh."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() >= entry.recheck:
            return None
        self._hits += 1
        return entry.verified.principal

    def is_due(self, key: bytes) -> bool:
        """Whether fresh credentials are to be looked at again, before somebody has to wait for it."""
        entry = self._entries.get(key)
        return entry is not None and time.monotonic() >= entry.due

    def is_ending(self, key: bytes) -> bool:
        """Whether these credentials are fresh to their end: they have to be verified, not compared."""
        entry = self._entries.get(key)
        return entry is not None and entry.recheck >= entry.ends

    def stale(self, key: bytes) -> Verified | None:
        """Return what was verified, whose user is to be compared with the store."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() >= entry.expires:
            return None
        return entry.verified

    def renew(self, key: bytes) -> None:
        """Make credentials fresh again, since the store still has their user unchanged."""
        if entry := self._entries.get(key):
            self._entries[key] = self._entry(entry.verified, entry.ends)
            self._entries.move_to_end(key)

    def _entry(self, verified: Verified, ends: float) -> _Entry:
        now = time.monotonic()
        expires = min(now + self._ttl, ends)
        recheck = min(now + self._recheck, expires)
        return _Entry(verified, expires, recheck, ends, recheck - AHEAD * (recheck - now))

    def proves(self, key: bytes) -> bool:
        """Whether these credentials were right when they were last verified, however long ago."""
        return key in self._entries

    def hit(self) -> None:
        """Count credentials that were found to be remembered."""
        self._hits += 1

    def miss(self) -> None:
        """Count credentials that have to be verified."""
        self._misses += 1

    def drop(self, key: bytes) -> None:
        """Remove credentials that are not right any more."""
        self._entries.pop(key, None)

    def remember(self, key: bytes, verified: Verified, generation: int) -> None:
        """Remember verified credentials, unless `forget` was called since that generation.

        A verification that began before a change saw the user as they were before it.
        """
        if generation != self.generation:
            return
        self._entries[key] = self._entry(verified, time.monotonic() + verified.seconds)
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def forget(self, name: str) -> None:
        """Forget this user's credentials, including verifications in progress."""
        self.generation += 1
        for key in [
            key for key, entry in self._entries.items() if entry.verified.user.name == name
        ]:
            del self._entries[key]

    def statistics(self) -> CredentialStatistics:
        """Return counts since the start of the process."""
        return CredentialStatistics(len(self._entries), self._capacity, self._hits, self._misses)
