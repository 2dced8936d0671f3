"""Remembers verified credentials, since verifying a password is slow on purpose."""

import hmac
import secrets
import time
from collections import OrderedDict

from msgspec import Struct

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import User


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

    Keys are HMACs under a key of this process, so no password stays in memory. An entry is fresh
    for `recheck` seconds; then its user is compared with the store, so that a change by another
    process takes effect within that time. A change by this process takes effect at once: it
    calls `forget`.
    """

    def __init__(self, *, ttl: float = 0, recheck: float = 0, capacity: int = 0) -> None:
        self._ttl = ttl
        self._recheck = min(recheck, ttl)
        self._capacity = capacity
        self._mac = hmac.new(secrets.token_bytes(32), digestmod="sha256")
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._hits = self._misses = 0
        self.generation = 0
        """How often `forget` was called."""

    def key(self, name: str, password: str) -> bytes:
        """Return the key under which these credentials are remembered."""
        mac = self._mac.copy()  # half the time of hmac.digest, which also releases the GIL
        mac.update(f"{len(name)}:{name}{password}".encode())
        return mac.digest()

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
