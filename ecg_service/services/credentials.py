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


class _Entry(Struct):
    """Verified credentials: fresh until `recheck`, which is never later than `expires`.

    Use keeps them from expiring until `ends`.
    """

    verified: Verified
    expires: float
    recheck: float
    ends: float


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

    def stale(self, key: bytes) -> Verified | None:
        """Return what was verified, whose user is to be compared with the store."""
        entry = self._entries.get(key)
        if entry is None or time.monotonic() >= entry.expires:
            return None
        return entry.verified

    def renew(self, key: bytes) -> None:
        """Make credentials fresh again, since the store still has their user unchanged."""
        self._hits += 1
        if entry := self._entries.get(key):
            now = time.monotonic()
            entry.expires = min(now + self._ttl, entry.ends)
            entry.recheck = min(now + self._recheck, entry.expires)
            self._entries.move_to_end(key)

    def proves(self, key: bytes) -> bool:
        """Whether these credentials were right when they were last verified, however long ago."""
        return key in self._entries

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
        now = time.monotonic()
        ends = now + verified.seconds
        expires = min(now + self._ttl, ends)
        recheck = min(now + self._recheck, expires)
        self._entries[key] = _Entry(verified, expires, recheck, ends)
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
