"""The tokens of a session."""

from msgspec import Struct
from msgspec.structs import replace

from ecg_service.domain.errors import MissingScope
from ecg_service.domain.principal import Principal, Scope


class Tokens(Struct, frozen=True):
    """What a client gets; the access token is good for so many seconds."""

    access_token: str
    refresh_token: str
    seconds: int
    scopes: frozenset[Scope] | None
    owner: str


def narrowed(principal: Principal, scopes: frozenset[Scope] | None) -> Principal:
    """Return the principal of a token with these scopes only, or raise `MissingScope`."""
    if scopes is None:
        return principal
    if principal.scopes is not None and not scopes <= principal.scopes:
        raise MissingScope("The session has not all of these scopes.")
    return replace(principal, scopes=scopes)
