"""The access tokens of the service itself: what is in them, and what is taken (RFC 9068, RFC 8725)."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from msgspec import Struct

from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.jwt import UnverifiedToken
from ecg_service.domain.principal import Principal, Scope

ALGORITHM, TYPE = "ES256", "at+jwt"
ISSUER = "urn:ecg"
"""Both `iss` and `aud`: the tokens are for the service that makes them."""
MAX_LIFETIME = 86_400
"""Seconds; a token that claims to live longer is none of ours."""
CLOCK_SKEW = 5
"""Seconds by which clocks of machines that share their keys may differ."""


class _Header(Struct, forbid_unknown_fields=True):
    alg: str
    typ: str
    kid: str


class SessionClaims(Struct, frozen=True, forbid_unknown_fields=True):
    """What a token says. `epoch` is that of the user: one that signs in anew makes all before it worthless. `sid` is the session."""

    iss: str
    aud: str
    sub: str
    exp: int
    iat: int
    jti: str
    epoch: int
    sid: UUID
    scope: str | None = None

    @property
    def scopes(self) -> frozenset[Scope] | None:
        """The part of the role that the token allows, if it is one."""
        return None if self.scope is None else frozenset(map(Scope, self.scope.split()))


def claims_for(
    principal: Principal, session: UUID, now: datetime, seconds: float
) -> dict[str, Any]:
    """Return what the token of a session says from now on."""
    issued = int(now.timestamp())
    said = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": principal.name,
        "exp": issued + int(seconds),
        "iat": issued,
        "jti": uuid4().hex,
        "epoch": principal.epoch,
        "sid": str(session),
    }
    if principal.scopes is None:
        return said
    return said | {"scope": " ".join(sorted(principal.scopes))}


def kid_of(token: UnverifiedToken) -> str:
    """Return which key is to verify a token; raises `Unauthenticated` for a header that is not ours."""
    try:
        header = msgspec.convert(token.header, _Header)
    except msgspec.ValidationError as error:
        raise Unauthenticated from error
    if (header.alg, header.typ) != (ALGORITHM, TYPE):
        raise Unauthenticated
    return header.kid


def checked_claims(token: UnverifiedToken, now: float) -> SessionClaims:
    """Return the claims of a token that counts now, or raise `Unauthenticated`."""
    try:
        claims = msgspec.convert(token.claims, SessionClaims, strict=True)
        _ = claims.scopes
    except (msgspec.ValidationError, ValueError) as error:
        raise Unauthenticated from error
    is_ours = claims.iss == claims.aud == ISSUER
    lives = now < claims.exp <= claims.iat + MAX_LIFETIME
    if not is_ours or not lives or claims.iat > now + CLOCK_SKEW:
        raise Unauthenticated
    return claims
