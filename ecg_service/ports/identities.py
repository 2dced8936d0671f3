"""Which user an identity provider means."""

from typing import Protocol

from ecg_service.domain.users import User


class IdentityRepository(Protocol):
    """Users by issuer and subject. Raises `StorageUnavailable` when the store fails."""

    async def user_of(self, issuer: str, subject: str) -> User:
        """Return the user, or raise `UserNotFound`, or `DamagedUser`."""
        ...

    async def link(self, issuer: str, subject: str, user: User, *, is_new: bool) -> User:
        """Let the subject be this user from now on, and store a new one in the same transaction.

        Returns the user as stored; that of the first call, if the subject has one already.
        Raises `UserExists` if the name of a new one is taken, `UserNotFound` if there is no such user.
        """
        ...
