"""API keys: long-lived tokens for devices, which may do a part of what their user may."""

import hmac
from datetime import UTC, datetime
from uuid import UUID

from ecg_service.domain import opaque
from ecg_service.domain.errors import (
    Forbidden,
    GrantNotFound,
    Invalid,
    Unauthenticated,
    UserNotFound,
    Violation,
)
from ecg_service.domain.grants import Grant, Kind, check_name
from ecg_service.domain.ids import next_id
from ecg_service.domain.opaque import Opaque, Prefix
from ecg_service.domain.principal import Principal, Scope
from ecg_service.domain.users import Role, User
from ecg_service.ports.grants import GrantRepository
from ecg_service.ports.users import UserRepository
from ecg_service.services.authentication import find
from ecg_service.services.credentials import Verified, VerifiedCredentials
from ecg_service.services.grants.last_uses import LastUses
from ecg_service.services.grants.pages import Page, page_of

NOBODYS = bytes(32)
"""What stands for the digest of a key that there is not."""


class ApiKeys:
    """The keys of each user, at most `most`; a key is known to the one who makes it only.

    A verified key is looked up again after `recheck` seconds: a revocation by another process, and
    the end of its time, take effect within that. One by this process takes effect at once.
    """

    def __init__(
        self,
        grants: GrantRepository,
        users: UserRepository,
        verified: VerifiedCredentials,
        uses: LastUses,
        *,
        most: int,
        recheck: float,
    ) -> None:
        self._grants = grants
        self._users = users
        self._verified = verified
        self._uses = uses
        self._most = most
        self._recheck = recheck

    async def create(
        self,
        owner: str,
        name: str,
        scopes: frozenset[Scope],
        *,
        expires: datetime | None = None,
        by: Principal | None = None,
    ) -> tuple[str, Grant]:
        """Return a new key and what is known of it from now on, which is not the key.

        Raises `Invalid`, `TooManyGrants`, or `Forbidden` for an admin, who sees no ECGs.
        """
        user, now = await self.owner(owner, by=by), datetime.now(UTC)
        _check(name, scopes, expires, now)
        if user.role is not Role.USER:
            raise Forbidden("an API key sends and reads ECGs, so it is for users, not for admins")
        key = Opaque(next_id(), opaque.new_secret())
        grant = Grant(key.id, Kind.API_KEY, owner, key.digest, now, expires, name, scopes)
        await self._grants.add(grant, most=self._most, by=by)
        return key.written(Prefix.API_KEY), grant

    async def owner(self, name: str, *, by: Principal | None = None) -> User:
        """Return the user, or raise `UserNotFound`; if it was them who asked, `Unauthenticated`."""
        user = await find(self._users, name)
        if user is None:
            raise UserNotFound if by is None else Unauthenticated
        return user

    async def require_current(self, by: Principal) -> None:
        """Raise `Unauthenticated` if they signed in with a key that is revoked."""
        try:
            if by.grant:
                await self._grants.get(by.grant)
        except GrantNotFound as error:
            raise Unauthenticated from error

    async def page(self, owner: str, *, limit: int, after: UUID | None = None) -> Page:
        """Return keys in the order in which they were made, and the last id if more follow."""
        return await page_of(self._grants, owner, Kind.API_KEY, limit=limit, after=after)

    async def revoke(self, owner: str, key_id: UUID, *, by: Principal | None = None) -> None:
        """Let a key open nothing any more, or raise `GrantNotFound`, which costs no verified credentials."""
        is_there = True
        try:
            await self._grants.remove(owner, key_id, by=by)
        except GrantNotFound:
            is_there = False
            raise
        finally:
            if is_there:
                self._verified.forget(owner)

    async def verify(self, token: str) -> Verified:
        """Return whose key it is and what it allows, or raise `Unauthenticated`."""
        key, now = opaque.read(Prefix.API_KEY, token), datetime.now(UTC)
        grant = await self._find(key) if key else None
        if grant is None or grant.has_expired(now):
            raise Unauthenticated
        user = await find(self._users, grant.owner)
        if user is None:
            raise Unauthenticated
        self._uses.note(grant, now)
        left = (grant.expires - now).total_seconds() if grant.expires else self._recheck
        principal = Principal(user.name, user.role, grant.scopes, user.epoch, grant.id)
        return Verified(user, principal, min(self._recheck, left))

    async def _find(self, key: Opaque) -> Grant | None:
        try:
            grant = await self._grants.get(key.id)
        except GrantNotFound:
            hmac.compare_digest(key.digest, NOBODYS)  # it takes as long as to find another secret
            return None
        return grant if grant.kind is Kind.API_KEY and grant.is_of(key) else None


def _check(name: str, scopes: frozenset[Scope], expires: datetime | None, now: datetime) -> None:
    check_name(name, "name")
    if not scopes:
        raise Invalid(Violation(("scopes",), "length", "A key without a scope would open nothing."))
    if expires is not None and expires <= now:
        raise Invalid(
            Violation(("expires",), "out_of_range", "The key would have expired already.")
        )
