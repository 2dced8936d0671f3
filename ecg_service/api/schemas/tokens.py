"""Forms and answers of the token endpoint (RFC 6749), and the keys that verify tokens (RFC 7517)."""

from typing import Annotated, Literal, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from ecg_service.services.grants.tokens import Tokens


class TokenIn(Struct):
    """A form: `username` and `password` for the grant `password`, else `refresh_token`.

    `scope`, words with spaces between, narrows what the tokens allow. Other fields are ignored (RFC 6749 §3.2).
    """

    grant_type: Literal["password", "refresh_token"]
    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    refresh_token: str | UnsetType = UNSET
    scope: str | UnsetType = UNSET


class TokenRevocation(Struct):
    """A form: the refresh token whose session is to end."""

    token: Annotated[str, Meta(min_length=1)]


class TokensOut(Struct):
    """Tokens of a session; `scope` is there if they allow a part only."""

    access_token: str
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: str
    scope: str | UnsetType = UNSET

    @classmethod
    def of(cls, tokens: Tokens) -> Self:
        scope = UNSET if tokens.scopes is None else " ".join(sorted(tokens.scopes))
        return cls(tokens.access_token, "Bearer", tokens.seconds, tokens.refresh_token, scope)


class Revoked(Struct):
    """Nothing: whether there was such a token is not told."""


class OAuthError(Struct, omit_defaults=True):
    """Why there are no tokens (RFC 6749 §5.2)."""

    error: Literal["invalid_request", "invalid_grant", "invalid_scope", "unsupported_grant_type"]
    error_description: str | UnsetType = UNSET


class Jwk(Struct):
    """A key that verifies signatures."""

    kty: Literal["EC"]
    crv: Literal["P-256"]
    x: str
    y: str
    kid: str
    use: Literal["sig"]
    alg: Literal["ES256"]


class JwkSet(Struct):
    """The key that signs, and the one before it."""

    keys: list[Jwk]
