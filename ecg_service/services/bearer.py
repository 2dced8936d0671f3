"""Bearer tokens of several kinds; the shape of a token chooses who verifies it, from fixed tables."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from types import MappingProxyType

from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.jwt import read_token
from ecg_service.domain.principal import Principal
from ecg_service.ports.users import UserRepository
from ecg_service.services.authentication import SigningIn
from ecg_service.services.credentials import Verified, VerifiedCredentials

VerifyToken = Callable[[str], Awaitable[Verified]]
"""Verifies a token of one kind, or raises `Unauthenticated`."""

NONE: Mapping[str, VerifyToken] = MappingProxyType({})


class BearerAuthenticator:
    """Verifies a token once, by the one verifier for its prefix or for its issuer.

    A JSON Web Token names its issuer, which is not true before it is verified: it chooses among
    `issuers`, and nothing else. Tokens of other kinds begin with one of `prefixes`.
    """

    def __init__(
        self,
        users: UserRepository,
        verified: VerifiedCredentials,
        *,
        prefixes: Mapping[str, VerifyToken] = NONE,
        issuers: Mapping[str, VerifyToken] = NONE,
    ) -> None:
        self._verified = verified
        self._signing_in = SigningIn(users, verified)
        self._prefixes = prefixes
        self._issuers = issuers

    async def authenticate(self, token: bytes) -> Principal:
        """Return whom the token stands for, or raise `Unauthenticated`."""
        key = self._verified.key_of_token(token)
        if principal := self._verified.fresh(key):
            return principal
        return await self._signing_in.principal(key, partial(self._verify, token))

    async def _verify(self, token: bytes) -> Verified:
        try:
            text = token.decode("ascii")
        except UnicodeDecodeError as error:
            raise Unauthenticated from error
        verify = self._verifier_of(text)
        if verify is None:
            raise Unauthenticated
        return await verify(text)

    def _verifier_of(self, token: str) -> VerifyToken | None:
        for prefix, verify in self._prefixes.items():
            if token.startswith(prefix):
                return verify
        issuer = read_token(token).issuer
        return None if issuer is None else self._issuers.get(issuer)
