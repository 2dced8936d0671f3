"""The file of the signing keys: a JWK Set (RFC 7517) that is its owner's alone, whose first key signs."""

import json
import os
import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ecg_service.domain.errors import StorageUnavailable

CURVE = "P-256"
MODE = 0o600
OF_OTHERS = 0o037
"""Permissions that nobody else may have; the group may read, as in volumes of secrets in containers."""
MAX_BYTES = 65_536

Version = tuple[int, int]
"""Tells one content of the file from another."""


def version_of(path: Path) -> Version:
    """Return which content the file has; raises `OSError`."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns


def new_key() -> ECKey:
    """Return a key that nobody has seen."""
    return ECKey.generate_key(CURVE, {"kid": secrets.token_hex(8)}, private=True)


def read_keys(path: Path) -> list[ECKey]:
    """Return the keys, or raise `StorageUnavailable`, which says why they cannot be had."""
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o777
            if mode & OF_OTHERS:
                raise unusable(path, f"others may use it, its mode is {mode:04o}: chmod 600")
            return _parsed(path, file.read(MAX_BYTES))
    except OSError as error:
        raise unusable(path, error.strerror or type(error).__name__) from error


def unusable(path: Path, cause: str) -> StorageUnavailable:
    """Return the error of a file that has no keys for us."""
    return StorageUnavailable(f"the signing keys in {path} cannot be used: {cause}")


def _parsed(path: Path, text: bytes) -> list[ECKey]:
    # No word of the content, nor of what a library says of it: it is secret.
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise unusable(path, "it is no JSON") from None
    listed: Any = cast("dict[str, Any]", found).get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed:
        raise unusable(path, "it is no JWK Set with a key")
    return [_imported(path, number, key) for number, key in enumerate(cast("list[Any]", listed))]


def _imported(path: Path, number: int, listed: Any) -> ECKey:  # noqa: ANN401 - whatever is in the file
    try:
        key = ECKey.import_key(listed)
        if listed["kid"] and listed["kty"] == "EC" and key.curve_name == CURVE and key.private_key:
            return key
    except (JoseError, ValueError, TypeError, KeyError):
        pass
    raise unusable(path, f"its key {number} is no private key of {CURVE} with a `kid`")


def write_keys(path: Path, keys: Sequence[ECKey], *, replace: bool) -> None:
    """Give the file its name when all of it is on disk; without `replace`, whoever comes first does.

    Raises `StorageUnavailable`.
    """
    try:
        _write(path, keys, replace=replace)
    except OSError as error:
        raise unusable(path, f"it cannot be written: {error.strerror}") from error


def _write(path: Path, keys: Sequence[ECKey], *, replace: bool) -> None:
    partial = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, MODE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(json.dumps({"keys": [key.as_dict(private=True) for key in keys]}).encode())
            file.flush()
            os.fsync(file.fileno())
        if replace:
            partial.replace(path)
        elif not path.exists():
            _name(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def _name(partial: Path, path: Path) -> None:
    try:
        path.hardlink_to(partial)
    except FileExistsError:
        return
