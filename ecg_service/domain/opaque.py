"""Opaque tokens: API keys and refresh tokens, which mean nothing to those who hold them.

`ecg_` for an API key or `ecgr_` for a refresh token, then 65 digits and letters of the id of its
grant (16 bytes) and a secret (32 random bytes), and 6 of a CRC-32 of all before it, in base 62: so
that scanners for leaked secrets can tell one from other text without asking the service, as with
the tokens of GitHub.
"""

import hashlib
import secrets
import string
import zlib
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
ID_BYTES, SECRET_BYTES = 16, 32
BODY_LENGTH, CHECKSUM_LENGTH = 65, 6
LENGTH = BODY_LENGTH + CHECKSUM_LENGTH
"""Characters after the prefix."""

_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class Prefix(StrEnum):
    """How an opaque token begins, which says what it is."""

    API_KEY = "ecg_"
    REFRESH_TOKEN = "ecgr_"  # noqa: S105 - the beginning of one


class Opaque(NamedTuple):
    """What an opaque token holds."""

    id: UUID
    secret: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the secret, which is stored in its place.

        A fast hash is right here: nobody can try 2^256 secrets, as they can try passwords.
        """
        return hashlib.sha256(self.secret).digest()

    def written(self, prefix: Prefix) -> str:
        """Return the token."""
        body = prefix + _digits(int.from_bytes(self.id.bytes + self.secret), BODY_LENGTH)
        return body + _checksum(body)


def new_secret() -> bytes:
    """Return 256 random bits."""
    return secrets.token_bytes(SECRET_BYTES)


def read(prefix: Prefix, token: str) -> Opaque | None:
    """Return what a token with this prefix holds, or None if it is none."""
    end = len(prefix) + BODY_LENGTH
    body, checksum = token[:end], token[end:]
    if len(token) != end + CHECKSUM_LENGTH or not body.startswith(prefix):
        return None
    if _checksum(body) != checksum:
        return None
    return _opaque(body.removeprefix(prefix))


def _opaque(body: str) -> Opaque | None:
    number = 0
    for character in body:
        if character not in _VALUES:
            return None
        number = number * len(ALPHABET) + _VALUES[character]
    if number.bit_length() > 8 * (ID_BYTES + SECRET_BYTES):
        return None
    raw = number.to_bytes(ID_BYTES + SECRET_BYTES)
    return Opaque(UUID(bytes=raw[:ID_BYTES]), raw[ID_BYTES:])


def _checksum(body: str) -> str:
    return _digits(zlib.crc32(body.encode()), CHECKSUM_LENGTH)


def _digits(number: int, length: int) -> str:
    digits = ""
    for _ in range(length):
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
