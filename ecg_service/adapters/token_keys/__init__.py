"""Signing keys in a file that all processes share: each reads it, and any may let a new key sign."""

from ecg_service.adapters.token_keys.files import read_keys
from ecg_service.adapters.token_keys.keys import FileTokenKeys
from ecg_service.adapters.token_keys.rotation import rotate

__all__ = ["FileTokenKeys", "read_keys", "rotate"]
