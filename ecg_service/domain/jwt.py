"""JSON Web Tokens in compact form (RFC 7519, RFC 7515 §3.1), read before their signature is verified."""

import json
from base64 import b64decode
from typing import Any, NoReturn, cast

from msgspec import Struct

from ecg_service.domain.errors import Unauthenticated

Claims = dict[str, Any]
"""The members of a JSON object; what each is has to be checked."""


class UnverifiedToken(Struct, frozen=True):
    """What a token says of itself: nothing is true before its signature is verified."""

    header: Claims
    claims: Claims

    @property
    def issuer(self) -> str | None:
        """The issuer that it claims to be from."""
        issuer = self.claims.get("iss")
        return issuer if isinstance(issuer, str) else None


def read_token(token: str) -> UnverifiedToken:
    """Read the header and the claims, or raise `Unauthenticated` if it is no such token.

    Names that are repeated and numbers that are none (NaN) are refused: libraries disagree on them.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise Unauthenticated
    return UnverifiedToken(_object(parts[0]), _object(parts[1]))


def _object(part: str) -> Claims:
    if len(part) % 4 == 1 or "=" in part:
        raise Unauthenticated
    try:
        padded = part + "=" * (-len(part) % 4)
        text = b64decode(padded, altchars=b"-_", validate=True).decode()
        found = _decode(text)
    except (ValueError, RecursionError) as error:
        raise Unauthenticated from error
    if not isinstance(found, dict):
        raise Unauthenticated
    return cast("Claims", found)


def _once(members: list[tuple[str, Any]]) -> Claims:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a name is repeated")
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")


_decode = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_refuse).decode
