"""Verifies that a token was signed by an issuer."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial

from joserfc import jws
from joserfc.errors import JoseError

from ecg_service.adapters.oidc.documents import Documents
from ecg_service.adapters.oidc.keys import RotatingKeys
from ecg_service.adapters.oidc.limits import Limits
from ecg_service.adapters.oidc.provider import Key, keys_of
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.issuers import Issuer
from ecg_service.ports.signatures import Signatures


class IssuerSignatures(Signatures):
    """The signatures of one identity provider, by the keys that it publishes."""

    def __init__(self, issuer: Issuer, keys: RotatingKeys[Key]) -> None:
        self._keys = keys
        self._registry = jws.JWSRegistry(algorithms=[*issuer.algorithms], strict_check_header=False)

    @classmethod
    @asynccontextmanager
    async def opened(cls, issuer: Issuer, limits: Limits) -> AsyncGenerator["IssuerSignatures"]:
        """Open the client of the provider, who is asked when the first token comes."""
        async with Documents.opened(issuer.issuer, limits) as documents:
            keys = RotatingKeys[Key](partial(keys_of, issuer, documents), limits)
            try:
                yield cls(issuer, keys)
            finally:
                await keys.close()

    async def verify(self, token: str, *, kid: str | None, algorithm: str) -> None:
        key = await self._keys.find(kid)
        if (key.as_dict().get("alg") or algorithm) != algorithm:
            raise Unauthenticated
        try:
            # A key of another kind than the algorithm's is an error, too.
            jws.deserialize_compact(token, key, registry=self._registry)
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated from error
