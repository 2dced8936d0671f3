"""The user on whose behalf a request is made, independent of the way they signed in."""

from typing import Self

from msgspec import Struct

from ecg_service.domain.users import Role, User


class Principal(Struct, frozen=True):
    """An authenticated user, without any secret.

    `scopes` narrow what the role allows; None allows all of it. No scheme sets them yet, so no
    route checks them. `epoch` is meant to grow with each change of the user's password, role or
    state, so that credentials issued earlier can be refused; it is 0 until users are stored
    with one.
    """

    name: str
    role: Role
    scopes: frozenset[str] | None = None
    epoch: int = 0

    @classmethod
    def of(cls, user: User) -> Self:
        """Return a principal that may do all that the user's role allows."""
        return cls(user.name, user.role)
