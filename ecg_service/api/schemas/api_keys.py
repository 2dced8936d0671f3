"""Request bodies and answers about API keys."""

from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from ecg_service.api.schemas import or_unset
from ecg_service.domain.grants import Grant, GrantName, UnreadableGrant
from ecg_service.domain.principal import Scope


class ApiKeyIn(Struct, forbid_unknown_fields=True):
    """A key to make; without `expires` it is good until it is revoked."""

    name: GrantName
    scopes: Annotated[frozenset[Scope], Meta(min_length=1)]
    expires: Annotated[datetime, Meta(tz=True)] | None = None


class ApiKeyEntry(Struct):
    """A key in a list, which is not shown again; a damaged one opens nothing, and has an `id` only."""

    id: UUID
    damaged: Literal[True] | UnsetType = UNSET
    name: str | UnsetType = UNSET
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
            grant.name,
            sorted(grant.scopes or ()),
            grant.created,
            or_unset(grant.expires),
            or_unset(grant.last_used),
        )


class ApiKeyCreated(Struct):
    """A new key: `key` is shown this once, and cannot be told again."""

    id: UUID
    key: str
    name: str
    scopes: list[Scope]
    created: datetime
    expires: datetime | UnsetType = UNSET

    @classmethod
    def of(cls, key: str, grant: Grant) -> Self:
        scopes, expires = sorted(grant.scopes or ()), or_unset(grant.expires)
        return cls(grant.id, key, grant.name, scopes, grant.created, expires)


class ApiKeyPage(Struct):
    """A page of keys in the order in which they were made; the last page has no token."""

    api_keys: list[ApiKeyEntry]
    next_page_token: str | UnsetType = UNSET
