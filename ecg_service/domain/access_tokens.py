"""The rules for access tokens of identity providers (RFC 9068, RFC 8725), and whom they stand for.

Providers follow RFC 9068 in part only: docs/oidc.md says what Keycloak, Auth0 and Cognito send.
"""

import hashlib
from base64 import b32encode
from typing import Any, cast
from urllib.parse import quote

from msgspec import Struct

from ecg_service.domain.errors import Forbidden, Unauthenticated
from ecg_service.domain.issuers import Issuer
from ecg_service.domain.jwt import Claims, UnverifiedToken
from ecg_service.domain.users import Role

CLOCK_SKEW = 30
"""Seconds by which the provider's clock may differ from ours."""

MAX_NAME, MAX_SUBJECT = 64, 255
"""Of names of users; of subjects (OpenID Connect Core §2)."""

_UNSUPPORTED = {"crit", "b64", "zip", "enc", "jwk", "jku", "x5c", "x5u"}
"""Members of a header that change what is signed, or bring a key along."""
_ACCESS_TYPES = {"at+jwt", "application/at+jwt"}
_OF_ID_TOKENS = {"at_hash", "c_hash"}


class Subject(Struct, frozen=True):
    """Whom an issuer means: a person by `sub`, or a machine without one by its client id."""

    issuer: str
    name: str
    is_client: bool = False

    @property
    def key(self) -> str:
        """What identifies the subject at its issuer: a `sub` may read like a client id."""
        return f"{'client' if self.is_client else 'sub'}:{self.name}"


class AccessToken(Struct, frozen=True):
    """A token whose claims are right; its signature has to be verified by the key `kid`."""

    subject: Subject
    role: Role
    expires: int
    known_as: str | None
    """The name of the user that an issuer matches."""


def key_and_algorithm(token: UnverifiedToken, issuer: Issuer) -> tuple[str | None, str]:
    """Return which key and algorithm are to verify a token, or raise `Unauthenticated`.

    A provider that has one key need not name it.
    """
    header = token.header
    kid, algorithm = header.get("kid"), header.get("alg")
    _require(algorithm in issuer.algorithms and not _UNSUPPORTED & header.keys())
    _require("kid" not in header or (isinstance(kid, str) and 0 < len(kid) <= MAX_SUBJECT))
    return kid, cast("str", algorithm)


def access_token(token: UnverifiedToken, issuer: Issuer, now: float) -> AccessToken:
    """Return whom a token stands for; raises `Unauthenticated`, or `Forbidden` if that is nobody here."""
    claims = token.claims
    _require(claims.get("iss") == issuer.issuer)
    _require(_is_access_token(token, issuer))
    _require("cnf" not in claims)  # it is bound to a key, of which a bearer proves nothing
    expires = _check_times(claims, issuer, now)
    _require(_is_for_us(claims, issuer))
    if issuer.scope is not None and issuer.scope not in _words(
        claims.get("scope", claims.get("scp"))
    ):
        raise Forbidden
    if issuer.acr and not issuer.acr.intersection(_words(claims.get("acr"))):
        raise Forbidden
    return AccessToken(
        _subject(claims, issuer), _role(claims, issuer), expires, _known_as(claims, issuer)
    )


def _require(condition: bool) -> None:  # noqa: FBT001 - reads as a sentence
    if not condition:
        raise Unauthenticated


def _is_access_token(token: UnverifiedToken, issuer: Issuer) -> bool:
    """Whether it is no ID token, nor one for refreshing, which the same keys sign.

    Where no audience tells them apart, it must say what it is.
    """
    typ, claims = token.header.get("typ", "JWT"), token.claims
    if not isinstance(typ, str):
        return False
    if typ.lower() in _ACCESS_TYPES:
        return True
    said = [claims.get("typ", "Bearer") == "Bearer", claims.get("token_use", "access") == "access"]
    says = "typ" in claims or "token_use" in claims or issuer.audience is not None
    return typ.upper() == "JWT" and all(said) and says and not _OF_ID_TOKENS & claims.keys()


def _check_times(claims: Claims, issuer: Issuer, now: float) -> int:
    """Return when the token expires; every time is a whole number, as providers send it."""
    expires, begins, issued = claims.get("exp"), claims.get("nbf", 0), claims.get("iat", 0)
    _require(all(type(time) is int for time in (expires, begins, issued)))
    expires = cast("int", expires)
    _require(now - CLOCK_SKEW < expires <= now + issuer.max_token_seconds + CLOCK_SKEW)
    _require(max(begins, issued) <= now + CLOCK_SKEW)
    return expires


def _is_for_us(claims: Claims, issuer: Issuer) -> bool:
    audience = claims.get("aud", ())
    listed = [audience] if isinstance(audience, str) else audience
    is_heard = issuer.audience is None or (isinstance(listed, list) and issuer.audience in listed)
    return is_heard and (not issuer.clients or _client(claims) in issuer.clients)


def _client(claims: Claims) -> str | None:
    """Return who asked for the token: `client_id` (RFC 9068), `azp` at Keycloak and Auth0."""
    found = claims.get("client_id", claims.get("azp"))
    return found if isinstance(found, str) else None


def _subject(claims: Claims, issuer: Issuer) -> Subject:
    is_client = "sub" not in claims
    name = _client(claims) if is_client else claims["sub"]
    _require(isinstance(name, str) and 0 < len(name) <= MAX_SUBJECT and name.isprintable())
    return Subject(issuer.issuer, cast("str", name), is_client)


def _role(claims: Claims, issuer: Issuer) -> Role:
    """Return the first role of the issuer's table that the token has."""
    if not issuer.roles_claim:
        return Role.USER
    found: Any = claims
    for step in issuer.roles_claim:
        found = cast("Claims", found).get(step) if isinstance(found, dict) else None
    words = _words(found)
    for word, role in issuer.roles.items():
        if word in words:
            return role
    raise Forbidden


def _words(claim: Any) -> list[Any]:  # noqa: ANN401 - a claim may be anything
    """Return the words of a claim, which is a list of them, or a text with spaces between (RFC 8693)."""
    if isinstance(claim, str):
        return claim.split(" ")
    return cast("list[Any]", claim) if isinstance(claim, list) else []


def _known_as(claims: Claims, issuer: Issuer) -> str | None:
    """Return the name of the user that is matched; an e-mail address only if it is verified."""
    found = claims.get(issuer.match_claim) if issuer.users == "match" else None
    if not isinstance(found, str):
        return None
    is_email = "@" in found or issuer.match_claim == "email"
    return None if is_email and claims.get("email_verified") is not True else found


def name_of(prefix: str, subject: Subject) -> str:
    """Return the name of the user that stands for a subject, which no other subject has.

    `keycloak+SUB`, or `keycloak@CLIENT` for a machine; bytes that a name may not have are `+7C`, and
    of what is too long stands a hash behind `+h`.
    """
    escaped = quote(subject.name, safe="").replace("~", "%7E").replace("%", "+")
    name = f"{prefix}{'@' if subject.is_client else '+'}{escaped}"
    if len(name) <= MAX_NAME:
        return name
    digest = b32encode(hashlib.sha256(subject.name.encode()).digest()[:20]).decode().lower()
    return f"{name[: len(prefix) + 1]}+h{digest}"
