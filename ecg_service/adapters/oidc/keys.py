"""The keys of a provider, which it may replace at any time."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Generic, TypeVar

from ecg_service.adapters.oidc.limits import Limits
from ecg_service.domain.errors import IssuerUnavailable, Unauthenticated

K = TypeVar("K")

logger = logging.getLogger(__name__)


class RotatingKeys(Generic[K]):
    """Keys by id, fetched when one is unknown or they are old, by one fetch at a time.

    They are fetched at most every `rotation_seconds`, after a failure every `retry_seconds`, however
    many unknown ids are asked for. While the provider cannot be reached, known keys are good for
    `keep_seconds`.
    """

    def __init__(
        self,
        fetch: Callable[[], Awaitable[Mapping[str, K]]],
        limits: Limits,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._limits = limits
        self._clock = clock
        self._keys: Mapping[str, K] = MappingProxyType({})
        self._fetched = -math.inf
        self._next = -math.inf
        self._fetching: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> K:
        """Return the key; without an id the only one there is (OpenID Connect Core §10.1).

        Raises `Unauthenticated` if there is none, `IssuerUnavailable` if no keys are known.
        """
        found = self._find(kid)
        if found is None or self._age > self._limits.refresh_seconds:
            fetching = self._begin()
            if fetching is not None and found is None:
                await asyncio.shield(fetching)
                found = self._find(kid)
        if found is None:
            raise Unauthenticated if self._age <= self._limits.keep_seconds else IssuerUnavailable
        return found

    def _find(self, kid: str | None) -> K | None:
        if self._age > self._limits.keep_seconds:
            return None
        if kid is not None:
            return self._keys.get(kid)
        return next(iter(self._keys.values())) if len(self._keys) == 1 else None

    @property
    def _age(self) -> float:
        return self._clock() - self._fetched

    def _begin(self) -> asyncio.Task[None] | None:
        """Return the fetch that runs, or begin one unless the last was a moment ago."""
        if self._fetching is None and self._clock() >= self._next:
            self._fetching = asyncio.create_task(self._renew())
        return self._fetching

    async def _renew(self) -> None:
        try:
            self._keys = await self._fetch()
        except IssuerUnavailable as error:
            self._next = self._clock() + self._limits.retry_seconds
            logger.warning("an identity provider cannot be used: %s", error)
        except Exception:
            self._next = self._clock() + self._limits.retry_seconds
            logger.exception("unexpected error at an identity provider")
        else:
            self._fetched = self._clock()
            self._next = self._fetched + self._limits.rotation_seconds
        finally:
            self._fetching = None

    async def close(self) -> None:
        """End the fetch that runs, if one does."""
        if fetching := self._fetching:
            fetching.cancel()
            await asyncio.wait([fetching])
