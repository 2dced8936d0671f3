"""Identity providers whose access tokens are taken, and what of them counts."""

from collections.abc import Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Annotated, Literal
from urllib.parse import SplitResult, urlsplit

from msgspec import Meta, Struct

from ecg_service.domain.users import Role
from ecg_service.domain.violations import pattern

IssuerName = Annotated[
    str,
    pattern(
        r"^[a-z0-9][a-z0-9-]*$(?!\n)",
        "A provider's name has letters from a to z, digits and -, which is not the first.",
        longest=24,
    ),
]
Text = Annotated[str, Meta(min_length=1, max_length=255)]
Algorithm = Literal[
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
]
"""Of signatures by a private key only: with `HS256` whoever verifies could sign, `none` is no signature."""

NO_ROLES: Mapping[str, Role] = MappingProxyType({})


class Issuer(Struct, frozen=True, forbid_unknown_fields=True):
    """An identity provider. `issuer` is its `iss`, to the letter; docs/oidc.md explains each field."""

    issuer: Text
    audience: Text | None = None
    clients: frozenset[Text] = frozenset()
    scope: Text | None = None
    acr: frozenset[Text] = frozenset()
    algorithms: Annotated[tuple[Algorithm, ...], Meta(min_length=1)] = ("RS256",)
    users: Literal["create", "match"] = "create"
    match_claim: Text = "preferred_username"
    roles_claim: Annotated[tuple[Text, ...], Meta(max_length=8)] = ()
    roles: dict[Text, Role] = {}
    jwks_uri: Text | None = None
    min_rsa_bits: Annotated[int, Meta(ge=2048, le=4096)] = 2048
    max_token_seconds: Annotated[int, Meta(ge=1, le=2_678_400)] = 86_400

    def __post_init__(self) -> None:
        """Raise `ValueError` for settings that admit anybody, or nobody."""
        for name, url in (("issuer", self.issuer), ("jwks_uri", self.jwks_uri)):
            if url is not None and not _is_safe(url):
                raise ValueError(f"{name} must be https://HOST, or http:// at loopback")
        if self.audience is None and not self.clients:
            raise ValueError("audience or clients must say which tokens are for this service")
        if bool(self.roles_claim) != bool(self.roles):
            raise ValueError("roles_claim and roles belong together")


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = _split(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def is_of(url: str, issuer: str) -> bool:
    """Whether a URL is of the host that an issuer is at, by the same scheme and port."""
    one, other = _split(url), _split(issuer)
    return (one.scheme, one.netloc) == (other.scheme, other.netloc)


def _is_safe(url: str) -> bool:
    parts = _split(url)
    is_plain = parts.hostname is not None and "@" not in parts.netloc and not parts.fragment
    has_scheme = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))
    return is_plain and has_scheme and not parts.query


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", "", "", "")
