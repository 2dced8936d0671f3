"""Whom a request acts for, however they signed in."""

from typing import Self

from msgspec import Struct

from ecg_service.domain.users import Role, User


class Principal(Struct, frozen=True):
    """A user as their credentials vouch for them; holds no secret.

    `scopes` narrow what the role allows; None allows all of it. No credentials are narrowed yet,
    so no route asks for a scope. `epoch` is to grow with each change of the user's password, role
    or state, so that credentials issued before can be told from later ones; until users are
    stored with one, it is 0.
    """

    name: str
    role: Role
    scopes: frozenset[str] | None = None
    epoch: int = 0

    @classmethod
    def of(cls, user: User) -> Self:
        """Return the principal of a user who may do all that the role allows."""
        return cls(user.name, user.role)
