"""The Basic scheme (RFC 7617): a name and a password."""

import base64

from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.services.authentication import PasswordAuthenticator

MAX_LENGTH = 1016
"""Bytes of base64; the longest name and password allowed take 772."""


class Basic(Scheme):
    """Credentials are `name:password` in UTF-8 and base64."""

    name = "basic"
    challenge = 'Basic realm="ecg", charset="UTF-8"'
    description = "The name and the password of a user."

    def __init__(self, authenticator: PasswordAuthenticator) -> None:
        self._authenticator = authenticator

    async def authenticate(self, credentials: bytes, address: str) -> Principal:
        return await self._authenticator.authenticate(*_name_and_password(credentials), address)


def _name_and_password(credentials: bytes) -> tuple[str, str]:
    if len(credentials) > MAX_LENGTH:
        raise Unauthenticated
    try:
        decoded = base64.b64decode(credentials, validate=True).decode()
    except ValueError as error:
        raise Unauthenticated from error
    name, colon, password = decoded.partition(":")
    if not colon:
        raise Unauthenticated
    return name, password
