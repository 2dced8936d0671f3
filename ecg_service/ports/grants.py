"""The repository of grants: API keys and sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol
from uuid import UUID

from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.domain.principal import Principal


class GrantRepository(Protocol):
    """Grants by id. Raises `StorageUnavailable` when the store fails.

    `by` is who asks for a change. It raises as `require_current` does, in the same transaction.
    """

    async def add(self, grant: Grant, *, most: int, by: Principal | None = None) -> None:
        """Store a new grant, or raise `TooManyGrants` if its owner has `most` of its kind.

        Those that have expired when it is made do not count, and make room.
        """
        ...

    async def get(self, grant_id: UUID) -> Grant:
        """Return the grant, or raise `GrantNotFound`, or `DamagedGrant`."""
        ...

    async def page(
        self, owner: str, kind: Kind, *, limit: int, after: UUID | None = None
    ) -> list[Grant | UnreadableGrant]:
        """Return at most `limit` grants of the owner in order of id, after the given one."""
        ...

    async def replace(self, before: Grant, after: Grant) -> bool:
        """Store `after` in the place of `before`, if that is what is stored; return whether it was.

        So of several who replace the same one, one does.
        """
        ...

    async def touch(self, used: Mapping[UUID, datetime]) -> None:
        """Store when grants were used last; those that are not there, or damaged, are left out."""
        ...

    async def remove(self, owner: str, grant_id: UUID, *, by: Principal | None = None) -> None:
        """Remove a grant, also a damaged one, or raise `GrantNotFound` if it is not the owner's.

        ECGs that come with it afterwards are refused (`Unauthenticated`), also those on their way.
        """
        ...
