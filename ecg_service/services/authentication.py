"""Authenticates users by name and password."""

import asyncio
from weakref import WeakValueDictionary

from ecg_service.domain.errors import Unauthenticated, UserNotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import User
from ecg_service.ports.users import PasswordHasher, UserRepository
from ecg_service.services.credentials import VerifiedCredentials


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
