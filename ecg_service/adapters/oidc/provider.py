"""Finds the keys of an identity provider: by its discovery document, then its JWK set."""

import logging
from collections.abc import Mapping
from typing import Any, cast
from warnings import catch_warnings, simplefilter

from joserfc.errors import JoseError, SecurityWarning
from joserfc.jwk import ECKey, JWKRegistry, OKPKey, RSAKey

from ecg_service.adapters.oidc.documents import Documents
from ecg_service.domain.errors import IssuerUnavailable
from ecg_service.domain.issuers import Issuer, is_of

Key = RSAKey | ECKey | OKPKey

DISCOVERY = "/.well-known/openid-configuration"
MAX_KEYS = 100
MAX_RSA_BITS = 4096
"""Longer ones take long to verify with; ones below 2,048 can be forged (NIST SP 800-131A)."""

logger = logging.getLogger(__name__)


async def keys_of(issuer: Issuer, documents: Documents) -> Mapping[str, Key]:
    """Return the keys by id, or raise `IssuerUnavailable`; unusable ones are left out."""
    url = issuer.jwks_uri or await _discovered(issuer, documents)
    listed = (await documents.get(url)).get("keys")
    if not isinstance(listed, list):
        raise IssuerUnavailable(f"{url}: has no list of keys")
    listed = cast("list[Any]", listed)
    if len(listed) > MAX_KEYS:
        raise IssuerUnavailable(f"{url}: has more than {MAX_KEYS} keys")
    found = [
        (one["kid"], key) for one in listed if (key := _key(one, issuer.min_rsa_bits)) is not None
    ]
    if len(found) > len(dict(found)):
        raise IssuerUnavailable(f"{url}: has two keys of one id")
    return dict(found)


async def _discovered(issuer: Issuer, documents: Documents) -> str:
    """Return where the keys are: at the issuer, since another host is not who was configured."""
    url = issuer.issuer.rstrip("/") + DISCOVERY
    found = await documents.get(url)
    if found.get("issuer") != issuer.issuer:
        raise IssuerUnavailable(f"{url}: is of another issuer")
    jwks_uri = found.get("jwks_uri")
    if not isinstance(jwks_uri, str) or not is_of(jwks_uri, issuer.issuer):
        raise IssuerUnavailable(f"{url}: its keys are elsewhere: set jwks_uri if that is right")
    return jwks_uri


def _key(listed: Any, min_rsa_bits: int) -> Key | None:  # noqa: ANN401 - of a provider
    """Return a public key that verifies signatures and has an id, if it is one."""
    if not _is_for_signatures(listed):
        return None
    try:
        with catch_warnings():
            simplefilter("ignore", SecurityWarning)  # of short keys, which are left out below
            key = cast("Key", JWKRegistry.import_key(listed))
            public = key.public_key
    except (JoseError, ValueError, TypeError) as error:
        logger.warning("a key of an identity provider cannot be read: %s", error)
        return None
    if isinstance(key, RSAKey):
        size = getattr(public, "key_size", 0)
        return key if min_rsa_bits <= size <= MAX_RSA_BITS else None
    return key


def _is_for_signatures(listed: Any) -> bool:  # noqa: ANN401 - of a provider
    if not isinstance(listed, dict):
        return False
    key = cast("dict[str, Any]", listed)
    return (
        isinstance(key.get("kid"), str)
        and key.get("kty") in {"RSA", "EC", "OKP"}
        and key.get("use", "sig") == "sig"
        and "d" not in key  # a private key that is published is anybody's
    )
