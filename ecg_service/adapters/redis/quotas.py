"""Quotas in Redis: for each user a hash of what was granted, which ends with their time."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Self

from ecg_service.adapters.redis.connection import Session
from ecg_service.adapters.redis.limits import CallLimits
from ecg_service.adapters.redis.server import Server, Unreachable
from ecg_service.domain.quotas import Amount, Portion, Quota
from ecg_service.ports.quotas import CountsUnavailable, SharedCounts

PORTIONS = 32
"""A process takes one of so many equal portions of what is left; so much at most lies unused in it."""

SCRIPT = """
local given = redis.call('HMGET', KEYS[1], 'r', 'b')
local most = {tonumber(ARGV[2]), tonumber(ARGV[3])}
local had, left, granted, spent = {}, {0, 0}, {0, 0}, false
for i = 1, 2 do
    had[i] = math.max(0, (tonumber(given[i]) or 0) + tonumber(ARGV[3 + i]))
    left[i] = math.max(0, most[i] - had[i])
    spent = spent or (most[i] > 0 and left[i] == 0)
end
for i = 1, 2 do
    if not spent then granted[i] = math.ceil(left[i] / tonumber(ARGV[6])) end
    left[i] = left[i] - granted[i]
end
redis.call('HSET', KEYS[1], 'r', had[1] + granted[1], 'b', had[2] + granted[2])
if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {granted[1], granted[2], left[1], left[2], redis.call('PTTL', KEYS[1])}
"""


class RedisCounts(SharedCounts):
    """One call of a script for each portion; a server that is away is not waited for."""

    def __init__(self, server: Server) -> None:
        self._server = server

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str, limits: CallLimits) -> AsyncGenerator[Self]:
        """Keep connections to the Redis that the URL names until the block ends."""
        told = {"purpose": "the Redis of the quotas", "without": "each process grants its own part"}
        async with Server.opened(url, limits, **told) as server:
            yield cls(server)

    @property
    def is_reachable(self) -> bool:
        return self._server.is_reachable

    async def portion(self, user: str, quota: Quota, more: Amount) -> Portion:
        key = f"ecg:quota:{user}".encode(errors="surrogatepass")
        bounds = quota.seconds * 1000, quota.requests, quota.num_bytes

        async def ask(session: Session) -> list[int]:
            return await session.ask("EVAL", SCRIPT, 1, key, *bounds, *more, PORTIONS)

        try:
            requests, num_bytes, *left, milliseconds = await self._server.call(ask)
        except (Unreachable, ValueError, TypeError) as error:
            raise CountsUnavailable from error
        return Portion(Amount(requests, num_bytes), Amount(*left), milliseconds / 1000)
