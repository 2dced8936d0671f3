"""Signatures of tokens."""

from typing import Protocol


class Signatures(Protocol):
    """The signatures of one issuer."""

    async def verify(self, token: str, *, kid: str | None, algorithm: str) -> None:
        """Raise `Unauthenticated` unless the issuer's key of this id has signed the token by this algorithm.

        A token without an id is one of the only key.

        Raises `IssuerUnavailable` if no key of the issuer is known, and it cannot be asked.
        """
        ...
