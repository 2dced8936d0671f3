"""Finds out who signs in with a name and a password."""

import asyncio
from weakref import WeakValueDictionary

from ecg_service.domain.errors import Unauthenticated, UserNotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import User
from ecg_service.ports.users import PasswordHasher, UserRepository
from ecg_service.services.verified import VerifiedCredentials


class PasswordAuthenticator:
    """Verifies a password slowly once, and remembers that for a while."""

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
        async with lock:  # of many equal requests one does the work, the rest find it done
            if principal := self._verified.fresh(key):
                return principal
            return Principal.of(
                await self._unchanged(key, name) or await self._verify(key, name, password)
            )

    async def _unchanged(self, key: bytes, name: str) -> User | None:
        """Return the user verified earlier if the store still has them as they were then."""
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
