"""Users who sign in at an identity provider."""

import logging
import time
from datetime import UTC, datetime

from ecg_service.domain.access_tokens import (
    CLOCK_SKEW,
    AccessToken,
    access_token,
    key_and_algorithm,
    name_of,
)
from ecg_service.domain.errors import Unauthenticated, UserExists, UserNotFound
from ecg_service.domain.issuers import Issuer
from ecg_service.domain.jwt import read_token
from ecg_service.domain.principal import Origin, Principal
from ecg_service.domain.users import NO_PASSWORD, User
from ecg_service.ports.identities import IdentityRepository
from ecg_service.ports.signatures import Signatures
from ecg_service.ports.users import UserRepository
from ecg_service.services.credentials import Verified

logger = logging.getLogger(__name__)


class ExternalUsers:
    """The users whom one identity provider vouches for, with the role that the token says.

    Who they are is remembered by issuer and subject when they come first, and never changes.
    """

    def __init__(
        self,
        name: str,
        issuer: Issuer,
        signatures: Signatures,
        identities: IdentityRepository,
        users: UserRepository,
    ) -> None:
        self._name = name
        self._issuer = issuer
        self._signatures = signatures
        self._identities = identities
        self._users = users

    async def verify(self, token: str) -> Verified:
        """Return whom a token stands for, and how long; raises `Unauthenticated` or `Forbidden`."""
        read, now = read_token(token), time.time()
        kid, algorithm = key_and_algorithm(read, self._issuer)
        await self._signatures.verify(token, kid=kid, algorithm=algorithm)
        found = access_token(read, self._issuer, now)
        user = await self._user(found)
        principal = Principal(
            user.name, found.role, epoch=user.epoch, origin=Origin(found.subject.issuer)
        )
        return Verified(user, principal, max(0, found.expires + CLOCK_SKEW - now))

    async def _user(self, token: AccessToken) -> User:
        subject = token.subject
        try:
            return await self._identities.user_of(subject.issuer, subject.key)
        except UserNotFound:
            return await self._first_seen(token)

    async def _first_seen(self, token: AccessToken) -> User:
        link, subject = self._identities.link, token.subject
        try:
            if self._issuer.users == "create":
                return await link(subject.issuer, subject.key, self._new(token), is_new=True)
            user = await self._matched(token)
            return await link(subject.issuer, subject.key, user, is_new=False)
        except (UserExists, UserNotFound) as error:
            logger.warning("a subject of %s has no user here: %r", self._name, error)
            raise Unauthenticated from error

    def _new(self, token: AccessToken) -> User:
        name = name_of(self._name, token.subject)
        return User(name, token.role, NO_PASSWORD, datetime.now(UTC))

    async def _matched(self, token: AccessToken) -> User:
        """Return the user of that name, if the role is theirs: no claim makes anybody an admin."""
        user = await self._users.get(token.known_as or "")
        if user.role is not token.role or user.disabled:
            raise UserNotFound
        return user
