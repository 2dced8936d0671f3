"""The keys with which the service signs access tokens."""

from collections.abc import Mapping
from typing import Any, Protocol


class TokenKeys(Protocol):
    """Keys of which one signs; raises `StorageUnavailable` if they cannot be had."""

    async def sign(self, claims: Mapping[str, Any]) -> str:
        """Return a JSON Web Token (RFC 7519) of type `at+jwt` (RFC 9068)."""
        ...

    async def verify(self, token: str, kid: str) -> None:
        """Raise `Unauthenticated` unless the key of this id has signed the token."""
        ...

    async def check(self) -> None:
        """Raise `StorageUnavailable` if there are keys that cannot be used; make none."""
        ...

    async def public(self) -> dict[str, Any]:
        """Return all of them without their secrets, as a JWK Set (RFC 7517)."""
        ...
