"""Verifies tokens of identity providers (OpenID Connect Discovery 1.0, RFC 7517, RFC 7515)."""

from ecg_service.adapters.oidc.limits import Limits
from ecg_service.adapters.oidc.signatures import IssuerSignatures

__all__ = ["IssuerSignatures", "Limits"]
