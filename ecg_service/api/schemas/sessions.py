"""Answers about sessions."""

from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from ecg_service.api.schemas import or_unset
from ecg_service.domain.grants import Grant, UnreadableGrant
from ecg_service.domain.principal import Scope


class SessionEntry(Struct):
    """A session: `id` is the `sid` of its access tokens; a damaged one cannot be refreshed, and has an `id` only."""

    id: UUID
    damaged: Literal[True] | UnsetType = UNSET
    scopes: list[Scope] | UnsetType = UNSET
    created: datetime | UnsetType = UNSET
    expires: datetime | UnsetType = UNSET
    last_used: datetime | UnsetType = UNSET

    @classmethod
    def of(cls, grant: Grant | UnreadableGrant) -> Self:
        if isinstance(grant, UnreadableGrant):
            return cls(grant.id, damaged=True)
        return cls(
            grant.id,
            UNSET,
            UNSET if grant.scopes is None else sorted(grant.scopes),
            grant.created,
            or_unset(grant.expires),
            or_unset(grant.last_used),
        )


class SessionPage(Struct):
    """A page of sessions in the order in which they began, which may have fewer than asked for; the last page has no token."""

    sessions: list[SessionEntry]
    next_page_token: str | UnsetType = UNSET
