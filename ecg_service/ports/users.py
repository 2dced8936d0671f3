"""The repository of users, and what hashes and verifies their passwords."""

from typing import Protocol

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import UnreadableUser, User


class UserRepository(Protocol):
    """Users by name. Raises `StorageUnavailable` when the store fails.

    `by` is who asks for a change. It raises as `require_current` does, in the same transaction.
    """

    async def add(self, user: User, *, by: Principal | None = None) -> None:
        """Store a new user, or raise `UserExists`."""
        ...

    async def add_first(self, user: User) -> bool:
        """Store the user if there is no other; return whether it was stored."""
        ...

    async def get(self, name: str) -> User:
        """Return the user, or raise `UserNotFound`, or `DamagedUser`."""
        ...

    async def page(self, *, limit: int, after: str = "") -> list[User | UnreadableUser]:
        """Return at most `limit` users in order of name (by code point), after the given one.

        Of a damaged one comes the name.
        """
        ...

    async def update(
        self,
        name: str,
        *,
        password_hash: str | None = None,
        disabled: bool | None = None,
        sign_out: bool = False,
        by: Principal | None = None,
    ) -> User:
        """Change what is given and return the user as stored; `sign_out` raises the epoch.

        Raises `UserNotFound`, or `LastAdmin` instead of disabling the last enabled admin.
        """
        ...

    async def remove(self, name: str) -> None:
        """Remove a disabled or damaged user without ECGs; raises `UserNotFound`, or `UserInUse`."""
        ...


class PasswordVerifier(Protocol):
    """Verifies slowly on purpose, so not without bounds; raises `Overloaded` beyond them."""

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Return whether the password matches; without a hash, take as long and return False.

        Raises `DamagedUser` for a hash that cannot be read or asks for too much.
        """
        ...


class PasswordHasher(PasswordVerifier, Protocol):
    """Hashes as slowly, with the same bounds."""

    async def hash(self, password: str) -> str:
        """Return a salted hash that can be stored."""
        ...
