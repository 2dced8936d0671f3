"""The user on whose behalf a request is made, independent of the way they signed in."""

from collections.abc import Callable
from enum import StrEnum
from typing import Self
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.users import Role, User


class Scope(StrEnum):
    """A part of what the role USER allows: to send ECGs, or to read them and their insights."""

    INGEST = "ingest"
    READ = "read"


class Origin(Struct, frozen=True, gc=False):
    """Where a request comes from: who vouches for the user, the id of the request, the address."""

    issuer: str = ""
    request: str = ""
    address: str = ""


NOWHERE = Origin()


class Principal(Struct, frozen=True):
    """An authenticated user, without any secret.

    `scopes` narrow what the role allows; None allows all of it, and without any nothing is allowed but to
    replace the initial password that they came with. `epoch` is that of the user when
    they signed in, `grant` the API key with which they did, and
    `origin` is of the one request that they make with it, if it is audited.
    """

    name: str
    role: Role
    scopes: frozenset[Scope] | None = None
    epoch: int = 0
    grant: UUID | None = None
    origin: Origin | None = None

    @classmethod
    def of(cls, user: User) -> Self:
        """Return a principal that may do all that the user's role allows, once their password is their own."""
        scopes = frozenset[Scope]() if user.has_initial_password else None
        return cls(user.name, user.role, scopes, user.epoch)


EpochOf = Callable[[str], int | None]
"""Returns the epoch at which a user is now, or None if there is no such user."""

HasGrant = Callable[[UUID], bool]
"""Tells whether a grant is there: one that is revoked is not."""


def no_grant(_: UUID) -> bool:
    """Find no grant: what does not ask for them is not for API keys."""
    return False


def is_current(by: Principal | None, epoch_of: EpochOf, has_grant: HasGrant = no_grant) -> bool:
    """Whether the user is as they were when they signed in, and so is their key; nobody is the operator.

    The head of a request is authenticated, the work is done when the body has arrived: stores
    ask again in the transaction of each write.
    """
    if by is None:
        return True
    return epoch_of(by.name) == by.epoch and (by.grant is None or has_grant(by.grant))


def require_current(
    by: Principal | None, epoch_of: EpochOf, has_grant: HasGrant = no_grant
) -> None:
    """Raise `Unauthenticated` if the user has changed since they signed in, or their key is gone."""
    if not is_current(by, epoch_of, has_grant):
        raise Unauthenticated
