"""Sessions: short access tokens, and refresh tokens each of which replaces the one before."""

import asyncio
import logging
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import UUID
from weakref import WeakValueDictionary

from msgspec.structs import replace

from ecg_service.domain import opaque
from ecg_service.domain.errors import (
    GrantNotFound,
    MissingScope,
    RefreshTokenReused,
    TooManyGrants,
    Unauthenticated,
)
from ecg_service.domain.grants import Grant, Kind, UnreadableGrant
from ecg_service.domain.ids import next_id
from ecg_service.domain.jwt import read_token
from ecg_service.domain.opaque import Opaque, Prefix
from ecg_service.domain.principal import Origin, Principal, Scope
from ecg_service.domain.session_tokens import checked_claims, claims_for, kid_of
from ecg_service.domain.users import ALL_ROLES, Role
from ecg_service.ports.grants import GrantRepository
from ecg_service.ports.token_keys import TokenKeys
from ecg_service.ports.users import UserRepository
from ecg_service.services.authentication import find
from ecg_service.services.credentials import Verified
from ecg_service.services.grants.pages import Page, page_of
from ecg_service.services.grants.tokens import Tokens, narrowed

_ORIGIN = Origin("session")

logger = logging.getLogger(__name__)


class Sessions:
    """The sessions of each user, at most `most`: the oldest ends when there is one more.

    An access token lives for `access_seconds`, a session, however often it is refreshed, for
    `session_seconds`, and if it is not for `idle_seconds`. Both end at once when their user changes: a token has the user's epoch.
    An access token of a session that has ended is good for at most `recheck` more.
    A session begins with a password, so those of users whose password would not sign in by their role are over.
    """

    def __init__(
        self,
        grants: GrantRepository,
        users: UserRepository,
        keys: TokenKeys,
        *,
        most: int,
        access_seconds: float,
        session_seconds: float,
        idle_seconds: float,
        recheck: float,
        roles: frozenset[Role] = ALL_ROLES,
    ) -> None:
        self._grants = grants
        self._users = users
        self._most = most
        self._roles = roles
        self._recheck = recheck
        self._access_seconds = access_seconds
        self._lifetime = timedelta(seconds=session_seconds)
        self._idle = timedelta(seconds=idle_seconds)
        self._refreshing: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()
        self.keys = keys

    async def begin(self, who: Principal, scopes: frozenset[Scope] | None) -> Tokens:
        """Begin a session of somebody who has just signed in, with these scopes or all.

        Raises `MissingScope` for who has an initial password, which is for replacing it only.
        """
        if who.scopes is not None:
            raise MissingScope("Replace your initial password first.")
        principal = replace(who, scopes=scopes)
        now, token = datetime.now(UTC), Opaque(next_id(), opaque.new_secret())
        grant = Grant(
            token.id,
            Kind.SESSION,
            principal.name,
            token.digest,
            now,
            now + self._lifetime,
            scopes=principal.scopes,
            epoch=principal.epoch,
        )
        try:
            await self._grants.add(grant, most=self._most, by=principal)
        except TooManyGrants:
            for oldest in await self._grants.page(principal.name, Kind.SESSION, limit=1):
                await self._end(principal.name, oldest.id)
            await self._grants.add(grant, most=self._most, by=principal)
        return await self._tokens(principal, token, now)

    async def refresh(self, refresh_token: str, scopes: frozenset[Scope] | None = None) -> Tokens:
        """Return new tokens for one that was not used yet, or raise `Unauthenticated`.

        The access token may have fewer scopes than the session, which keeps its own (RFC 6749 §6); for
        others it raises `MissingScope`, and the refresh token stays good.
        One that was used has been copied, and nobody can tell who has the copy: its session ends.
        """
        token = self._read(refresh_token)
        lock = self._refreshing.setdefault(token.id, asyncio.Lock())
        # Of many at once in this process, one writes; among processes the store decides.
        async with lock:
            return await self._refresh(token, scopes, datetime.now(UTC))

    async def _refresh(
        self, token: Opaque, scopes: frozenset[Scope] | None, now: datetime
    ) -> Tokens:
        grant = await self._get(token.id)
        new = Opaque(grant.id, opaque.new_secret())
        after = replace(grant, digest=new.digest, last_used=now)
        if not grant.is_of(token):
            await self._reused(grant)
        principal = narrowed(await self._principal(grant, now), scopes)
        if not await self._grants.replace(grant, after):
            await self._reused(grant)
        return await self._tokens(principal, new, now)

    async def end(self, refresh_token: str) -> None:
        """End the session of a refresh token, if it is one."""
        with suppress(Unauthenticated):
            token = self._read(refresh_token)
            grant = await self._get(token.id)
            await self._end(grant.owner, grant.id)

    async def page(self, by: Principal, *, limit: int, after: UUID | None = None) -> Page:
        """Return one's own sessions that go on, in the order in which they began, and where to go on if more follow."""
        now = datetime.now(UTC)

        def goes_on(one: Grant | UnreadableGrant) -> bool:
            if isinstance(one, UnreadableGrant):
                return True
            return one.epoch == by.epoch and not self._has_ended(one, now)

        found, last = await page_of(self._grants, by.name, Kind.SESSION, limit=limit, after=after)
        return [*filter(goes_on, found)], last

    async def end_own(self, session: UUID, *, by: Principal) -> None:
        """End one of one's own sessions, or raise `GrantNotFound`."""
        await self._grants.remove(by.name, session, by=by)

    async def verify(self, token: str) -> Verified:
        """Return whose access token it is, and for how long, or raise `Unauthenticated`."""
        read, now = read_token(token), time.time()
        await self.keys.verify(token, kid_of(read))
        claims = checked_claims(read, now)
        user = await find(self._users, claims.sub)
        if user is None or user.epoch != claims.epoch or user.role not in self._roles:
            raise Unauthenticated
        await self._get(claims.sid)
        principal = Principal(user.name, user.role, claims.scopes, user.epoch, origin=_ORIGIN)
        return Verified(user, principal, min(self._recheck, claims.exp - now))

    def _read(self, refresh_token: str) -> Opaque:
        token = opaque.read(Prefix.REFRESH_TOKEN, refresh_token)
        if token is None:
            raise Unauthenticated
        return token

    async def _get(self, session: UUID) -> Grant:
        try:
            grant = await self._grants.get(session)
        except GrantNotFound as error:
            raise Unauthenticated from error
        if grant.kind is not Kind.SESSION:
            raise Unauthenticated
        return grant

    async def _principal(self, grant: Grant, now: datetime) -> Principal:
        user = await find(self._users, grant.owner)
        is_theirs = user is not None and user.epoch == grant.epoch and user.role in self._roles
        if user is None or user.disabled or not is_theirs or self._has_ended(grant, now):
            await self._end(grant.owner, grant.id)
            raise Unauthenticated
        return Principal(user.name, user.role, grant.scopes, user.epoch)

    def _has_ended(self, grant: Grant, now: datetime) -> bool:
        """Whether its time is over, or it was not refreshed for too long."""
        return now - (grant.last_used or grant.created) > self._idle or grant.has_expired(now)

    async def _reused(self, grant: Grant) -> None:
        logger.warning("a refresh token of %r was used twice: its session has ended", grant.owner)
        await self._end(grant.owner, grant.id)
        raise RefreshTokenReused(grant.owner, grant.id)

    async def _end(self, owner: str, grant_id: UUID) -> None:
        with suppress(GrantNotFound):
            await self._grants.remove(owner, grant_id)

    async def _tokens(self, principal: Principal, token: Opaque, now: datetime) -> Tokens:
        access = await self.keys.sign(claims_for(principal, token.id, now, self._access_seconds))
        refresh = token.written(Prefix.REFRESH_TOKEN)
        return Tokens(access, refresh, int(self._access_seconds), principal.scopes, principal.name)
