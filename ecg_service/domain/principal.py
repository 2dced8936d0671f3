"""The user on whose behalf a request is made, independent of the way they signed in."""

from typing import Self

from msgspec import Struct

from ecg_service.domain.users import Role, User


class Principal(Struct, frozen=True):
    """An authenticated user, without any secret.

    `scopes` narrow what the role allows; None allows all of it. No scheme sets them yet, so no
    route checks them. `epoch` is that of the user when they signed in.
    """

    name: str
    role: Role
    scopes: frozenset[str] | None = None
    epoch: int = 0

    @classmethod
    def of(cls, user: User) -> Self:
        """Return a principal that may do all that the user's role allows."""
        return cls(user.name, user.role, epoch=user.epoch)
