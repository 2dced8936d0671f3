"""Gets the documents of an identity provider: small, soon, and from nowhere else."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

import httpx
import msgspec

from ecg_service.adapters.http_client import HttpClient
from ecg_service.adapters.oidc.limits import Limits
from ecg_service.domain.errors import IssuerUnavailable
from ecg_service.domain.issuers import is_loopback

FAILURES = (httpx.HTTPError, httpx.InvalidURL, ValueError, TimeoutError)

_decode = msgspec.json.Decoder(dict[str, Any]).decode


class Documents:
    """JSON objects at URLs of one provider.

    A redirect is not followed: it could lead to any host that this process can reach. `seconds` are
    for the whole of a document, however slowly it comes, and compressed ones are refused.
    """

    def __init__(self, client: HttpClient, limits: Limits) -> None:
        self._client = client
        self._limits = limits

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, limits: Limits) -> AsyncGenerator["Documents"]:
        """Open the client for a provider; only one beyond loopback may be behind a proxy."""
        async with HttpClient(
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=limits.seconds,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            trust_env=not is_loopback(url),
        ) as client:
            yield cls(client, limits)

    async def get(self, url: str) -> dict[str, Any]:
        """Return the object at the URL, or raise `IssuerUnavailable`."""
        try:
            async with asyncio.timeout(self._limits.seconds):
                return _decode(await self._read(url))
        except FAILURES as error:
            reason = str(error) or type(error).__name__
            raise IssuerUnavailable(f"{url}: {reason}") from error

    async def _read(self, url: str) -> bytes:
        content = bytearray()
        async with self._client.stream("GET", url) as answer:
            if answer.status_code != HTTPStatus.OK:
                raise ValueError(f"answers {answer.status_code}")
            if answer.headers.get("Content-Encoding", "identity") != "identity":
                raise ValueError("is compressed, which was not asked for")
            async for part in answer.aiter_raw():
                content += part
                if len(content) > self._limits.max_bytes:
                    raise ValueError(f"has more than {self._limits.max_bytes} bytes")
        return bytes(content)
