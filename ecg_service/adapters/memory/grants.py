"""Grants in memory."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from msgspec.structs import replace

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import GrantNotFound, TooManyGrants
from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.domain.principal import Principal, require_current
from ecg_service.ports.grants import GrantRepository


class MemoryGrants(GrantRepository):
    """The grants of a `MemoryStore`."""

    def __init__(self, users: MemoryUsers) -> None:
        self._users = users

    async def add(self, grant: Grant, *, most: int, by: Principal | None = None) -> None:
        require_current(by, self._users.epoch_of)
        owned = self._owned(grant.owner, grant.kind)
        for one in owned:
            if one.has_expired(grant.created):
                del self._users.grants[one.id]
        if len(self._owned(grant.owner, grant.kind)) >= most:
            raise TooManyGrants
        self._users.grants[grant.id] = grant
        self._users.note(actions.granted(by, grant))

    async def get(self, grant_id: UUID) -> Grant:
        if grant_id not in self._users.grants:
            raise GrantNotFound
        return self._users.grants[grant_id]

    async def page(
        self, owner: str, kind: Kind, *, limit: int, after: UUID | None = None
    ) -> list[Grant | UnreadableGrant]:
        owned = sorted(self._owned(owner, kind), key=lambda grant: grant.id)
        return [*[grant for grant in owned if after is None or grant.id > after][:limit]]

    async def replace(self, before: Grant, after: Grant) -> bool:
        if self._users.grants.get(before.id) != before:
            return False
        self._users.grants[before.id] = after
        self._users.note(actions.refreshed(after))
        return True

    async def touch(self, used: Mapping[UUID, datetime]) -> None:
        for grant_id in used.keys() & self._users.grants.keys():
            self._users.grants[grant_id] = replace(
                self._users.grants[grant_id], last_used=used[grant_id]
            )

    async def remove(self, owner: str, grant_id: UUID, *, by: Principal | None = None) -> None:
        require_current(by, self._users.epoch_of)
        found = await self.get(grant_id)
        if found.owner != owner:
            raise GrantNotFound
        del self._users.grants[grant_id]
        self._users.note(actions.revoked(by, found.kind, grant_id))

    def _owned(self, owner: str, kind: Kind) -> list[Grant]:
        grants = self._users.grants.values()
        return [grant for grant in grants if (grant.owner, grant.kind) == (owner, kind)]
