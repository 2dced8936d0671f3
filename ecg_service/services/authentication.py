"""Authenticates users; verifies credentials slowly once, then remembers them for a while."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from weakref import WeakValueDictionary

from ecg_service.domain.errors import Unauthenticated, UserNotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import ALL_ROLES, Role, User
from ecg_service.ports.users import UserRepository
from ecg_service.services.credentials import Verified, VerifiedCredentials
from ecg_service.services.passwords import Passwords

Verify = Callable[[], Awaitable[Verified]]
"""Verifies credentials, which takes its time, or raises `Unauthenticated`."""


class SigningIn:
    """Verifies credentials of any kind once, and remembers whose they are for a while."""

    def __init__(self, users: UserRepository, verified: VerifiedCredentials) -> None:
        self._users = users
        self._verified = verified
        self._verifying: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    def is_verifying(self, key: bytes) -> bool:
        """Whether these credentials are being verified, for a request before."""
        return key in self._verifying

    async def principal(self, key: bytes, verify: Verify) -> Principal:
        """Return the principal of credentials that are not fresh, or raise `Unauthenticated`."""
        lock = self._verifying.setdefault(key, asyncio.Lock())
        async with lock:  # of concurrent requests with equal credentials, one verifies
            if principal := self._verified.fresh(key):
                return principal
            found = await self._unchanged(key) or await self._verify(key, verify)
            return found.principal

    async def _unchanged(self, key: bytes) -> Verified | None:
        """Return what was verified earlier, if the store still has the user unchanged."""
        known = self._verified.stale(key)
        if known is None:
            return None
        if await find(self._users, known.user.name) == known.user:
            self._verified.renew(key)
            return known
        self._verified.drop(key)
        return None

    async def _verify(self, key: bytes, verify: Verify) -> Verified:
        self._verified.miss()
        generation = self._verified.generation
        try:
            found = await verify()
            if found.user.disabled:
                raise Unauthenticated
        except Unauthenticated:
            self._verified.drop(key)
            raise
        self._verified.remember(key, found, generation)
        return found


class PasswordAuthenticator:
    """Verifies the password of a user with the slow hash; of users with another role none is right."""

    def __init__(
        self,
        users: UserRepository,
        passwords: Passwords,
        verified: VerifiedCredentials,
        roles: frozenset[Role] = ALL_ROLES,
    ) -> None:
        self.roles = roles
        self._users = users
        self._passwords = passwords
        self._verified = verified
        self._signing_in = SigningIn(users, verified)

    async def authenticate(self, name: str, password: str, address: str = "") -> Principal:
        """Return the enabled user with this password as a principal, or raise `Unauthenticated`.

        Raises `TooManyGuesses` after some wrong ones from this address.
        """
        key = self._verified.key(name, password)
        if principal := self._verified.fresh(key):
            return principal
        if not (self._verified.proves(key) or self._signing_in.is_verifying(key)):
            self._passwords.require_room(name, address)
        return await self._signing_in.principal(
            key, partial(self._verify, key, name, password, address)
        )

    async def _verify(self, key: bytes, name: str, password: str, address: str) -> Verified:
        user = await find(self._users, name)
        admitted = user if user and user.role in self.roles else None
        password_hash = admitted.proof if admitted else None
        proven = self._verified.proves(key)
        right = await self._passwords.sign_in(name, address, password, password_hash, proven=proven)
        if not right or user is None:
            raise Unauthenticated
        return Verified.of(user)


async def find(users: UserRepository, name: str) -> User | None:
    """Return the user, if there is one of this name."""
    try:
        return await users.get(name)
    except UserNotFound:
        return None
