"""Who is it? Passwords are checked slowly once, then remembered for a while."""

import asyncio
import hmac
import secrets
import time
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakValueDictionary

from ecg_service.domain.errors import Unauthenticated, UserNotFound
from ecg_service.domain.users import User
from ecg_service.ports.users import PasswordHasher, UserRepository


@dataclass(slots=True)
class _Verified:
    """Needs no look at the store until `recheck`, which is never later than `expires`."""

    user: User
    expires: float
    recheck: float


class Access:
    """Checks names and passwords.

    Verified credentials are remembered for `ttl` seconds, `capacity` of them, as an HMAC under
    a key of this process; at most every `recheck` seconds the user is compared with the store,
    so that a change by another process counts within that time. A change by this process
    counts at once (`forget`).
    """

    def __init__(
        self,
        users: UserRepository,
        hasher: PasswordHasher,
        *,
        ttl: float,
        recheck: float,
        capacity: int,
    ) -> None:
        self._users = users
        self._hasher = hasher
        self._ttl = ttl
        self._recheck = recheck
        self._capacity = capacity
        self._mac = hmac.new(secrets.token_bytes(32), digestmod="sha256")
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._verifying: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()
        self._changes = 0

    async def authenticate(self, name: str, password: str) -> User:
        """Return the enabled user with this password, or raise `Unauthenticated`."""
        key = self._key(name, password)
        known = self._verified.get(key)
        if known and time.monotonic() < known.recheck:
            return known.user
        lock = self._verifying.setdefault(key, asyncio.Lock())
        async with lock:  # of many equal requests one does the work, the rest find it done
            return await self._known(key, name) or await self._verify(key, name, password)

    def forget(self, name: str) -> None:
        """Drop what is remembered of this user, also what is being verified just now."""
        self._changes += 1
        for key in [key for key, known in self._verified.items() if known.user.name == name]:
            del self._verified[key]

    def _key(self, name: str, password: str) -> bytes:
        mac = self._mac.copy()  # half the time of hmac.digest, which also lets go of the GIL
        mac.update(f"{len(name)}:{name}{password}".encode())
        return mac.digest()

    async def _known(self, key: bytes, name: str) -> User | None:
        known, now = self._verified.get(key), time.monotonic()
        if known is None:
            return None
        if now < known.recheck:
            return known.user
        if now < known.expires and await self._find(name) == known.user:
            known.recheck = min(now + self._recheck, known.expires)
            return known.user
        self._verified.pop(key, None)
        return None

    async def _verify(self, key: bytes, name: str, password: str) -> User:
        changes = self._changes
        user = await self._find(name)
        right = await self._hasher.verify(password, user.password_hash if user else None)
        if not right or user is None or user.disabled:
            raise Unauthenticated
        if changes == self._changes:
            self._remember(key, user)
        return user

    async def _find(self, name: str) -> User | None:
        try:
            return await self._users.get(name)
        except UserNotFound:
            return None

    def _remember(self, key: bytes, user: User) -> None:
        now = time.monotonic()
        recheck = now + min(self._recheck, self._ttl)
        self._verified[key] = _Verified(user, now + self._ttl, recheck)
        while len(self._verified) > self._capacity:
            self._verified.popitem(last=False)
