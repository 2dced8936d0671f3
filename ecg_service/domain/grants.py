"""Grants: what lets a device or a client act for a user without their password."""

import hmac
from datetime import datetime
from enum import StrEnum
from typing import Annotated, cast
from uuid import UUID

from msgspec import Struct

from ecg_service.domain.opaque import Opaque
from ecg_service.domain.principal import Scope
from ecg_service.domain.violations import conform, pattern

GrantName = Annotated[
    str,
    pattern(
        r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$(?!\n)",
        "A name has at least one character, no space at its ends, and no control characters.",
        longest=64,
    ),
]
"""What its owner calls it."""


def check_name(name: str, *path: str) -> None:
    """Raise `Invalid` at this path if the name is not allowed."""
    conform(name, cast("type[str]", GrantName), *path)


class Kind(StrEnum):
    """An API key is for a device, and stays until it is revoked or expires.

    A session is a family of refresh tokens, each of which replaces the one before.
    """

    API_KEY = "api-key"
    SESSION = "session"


class Grant(Struct, frozen=True):
    """What a user has granted; whoever has the secret of this digest may act for them.

    `scopes` narrow what the role of the owner allows; None allows all of it. `epoch` is the owner's
    at the time of the grant.
    """

    id: UUID
    kind: Kind
    owner: str
    digest: bytes
    created: datetime
    expires: datetime | None = None
    name: str = ""
    scopes: frozenset[Scope] | None = None
    epoch: int = 0
    last_used: datetime | None = None

    def is_of(self, token: Opaque) -> bool:
        """Whether the token holds the secret, in a time that tells nothing of it."""
        return hmac.compare_digest(self.digest, token.digest)

    def has_expired(self, now: datetime) -> bool:
        """Whether it is worth nothing any more."""
        return self.expires is not None and self.expires <= now


class UnreadableGrant(Struct, frozen=True):
    """A damaged grant in a page: nothing but the id is known, and nobody can use it."""

    id: UUID
