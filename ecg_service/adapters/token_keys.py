"""Signing keys in a file: a JWK Set (RFC 7517) that is its owner's alone, whose first key signs."""

import asyncio
import json
import os
import secrets
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

from ecg_service.domain.errors import StorageUnavailable, Unauthenticated
from ecg_service.domain.session_tokens import ALGORITHM, TYPE
from ecg_service.ports.token_keys import TokenKeys

MODE = 0o600


class FileTokenKeys(TokenKeys):
    """Keys for ES256, which every library knows; the file is made when it is first needed.

    It is read again when it is another one, so that a rotation by another process counts at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[tuple[int, int], KeySet] | None = None

    async def sign(self, claims: Mapping[str, Any]) -> str:
        key = (await self._keys()).keys[0]
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])

    async def verify(self, token: str, kid: str) -> None:
        known = [key for key in (await self._keys()).keys if key.kid == kid]
        if not known:
            raise Unauthenticated
        try:
            jws.deserialize_compact(token, known[0], algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated from error

    async def public(self) -> dict[str, Any]:
        return {**(await self._keys()).as_dict(private=False)}

    async def _keys(self) -> KeySet:
        return await asyncio.to_thread(self._current)

    def _current(self) -> KeySet:
        try:
            if not self._path.exists():
                _write(self._path, [_new()], replace=False)
            found = self._path.stat()
            version = found.st_ino, found.st_mtime_ns
            if self._read is None or self._read[0] != version:
                self._read = version, KeySet.import_key_set(json.loads(self._path.read_bytes()))
            return self._read[1]
        except (OSError, ValueError, KeyError, JoseError) as error:
            raise StorageUnavailable(f"{self._path} cannot be read as signing keys") from error


def rotate(path: Path, *, now: bool) -> str:
    """Let a new key sign, and return its id; the one before still verifies, unless `now`."""
    try:
        known: list[Any] = [] if now or not path.exists() else _stored(path)[:1]
        key = _new()
        _write(path, [key, *map(ECKey.import_key, known)], replace=True)
    except (OSError, ValueError, KeyError, JoseError) as error:
        raise StorageUnavailable(f"{path} cannot be written as signing keys") from error
    return str(key.kid)


def _stored(path: Path) -> list[Any]:
    return json.loads(path.read_bytes())["keys"]


def _new() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": secrets.token_hex(8)}, private=True)


def _write(path: Path, keys: Sequence[ECKey], *, replace: bool) -> None:
    """Give the file its name when all of it is on disk; without `replace`, whoever comes first does."""
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
