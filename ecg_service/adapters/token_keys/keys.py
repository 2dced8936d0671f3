"""Signs and verifies access tokens by the keys of a file."""

import asyncio
import json
import logging
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from ecg_service.adapters.token_keys.files import (
    Version,
    new_key,
    read_keys,
    unusable,
    version_of,
    write_keys,
)
from ecg_service.adapters.token_keys.rotation import rotate_older
from ecg_service.domain.errors import StorageUnavailable, Unauthenticated
from ecg_service.domain.session_tokens import ALGORITHM, TYPE
from ecg_service.ports.token_keys import TokenKeys

RETRY_SECONDS = 60.0
"""After a new key could not be stored: so long the one that is there goes on without another try."""

logger = logging.getLogger(__name__)


class FileTokenKeys(TokenKeys):
    """Keys for ES256, which every library knows; the file is made when it is first needed.

    It is read again when it is another one, so that a rotation by another process counts at once.
    Once it is `renew_seconds` old, 0 is never, the next who needs it lets a new key sign.
    """

    def __init__(self, path: Path, *, renew_seconds: float = 0) -> None:
        self._path = path
        self._renew_seconds = renew_seconds
        self._renew_from = 0.0
        self._read: tuple[Version, Sequence[ECKey]] | None = None

    async def sign(self, claims: Mapping[str, Any]) -> str:
        key = (await self._keys())[0]
        header = {"alg": ALGORITHM, "typ": TYPE, "kid": key.kid}
        payload = json.dumps(claims, separators=(",", ":")).encode()
        return jws.serialize_compact(header, payload, key, algorithms=[ALGORITHM])

    async def verify(self, token: str, kid: str) -> None:
        known = [key for key in await self._keys() if key.kid == kid]
        if not known:
            raise Unauthenticated
        try:
            jws.deserialize_compact(token, known[0], algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError) as error:
            raise Unauthenticated from error

    async def public(self) -> dict[str, Any]:
        told = {"use": "sig", "alg": ALGORITHM}
        return {"keys": [key.as_dict(private=False) | told for key in await self._keys()]}

    async def check(self) -> None:
        if await asyncio.to_thread(self._is_there):
            await self._keys()

    def _is_there(self) -> bool:
        try:
            return self._path.exists()
        except OSError:
            return True  # and says why it cannot be read

    async def _keys(self) -> Sequence[ECKey]:
        return await asyncio.to_thread(self._current)

    def _current(self) -> Sequence[ECKey]:
        if not self._path.exists():
            write_keys(self._path, [new_key()], replace=False)
        if self._renew_seconds:
            self._renew()
        try:
            version = version_of(self._path)
        except OSError as error:
            raise unusable(self._path, error.strerror or type(error).__name__) from error
        if self._read is None or self._read[0] != version:
            self._read = version, read_keys(self._path)
        return self._read[1]

    def _renew(self) -> None:
        """Let a new key sign if it is time; where that fails, the known one goes on."""
        if time.monotonic() < self._renew_from:
            return
        try:
            kid = rotate_older(self._path, self._renew_seconds)
        except StorageUnavailable as error:
            self._renew_from = time.monotonic() + RETRY_SECONDS
            logger.warning("no new key signs access tokens: %s", error)
        else:
            if kid:
                logger.info("the new key %s signs access tokens from now on", kid)
