"""What one user may send: counted here, or together with other services and workers."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib import import_module
from types import MappingProxyType

from msgspec.structs import replace

from ecg_service.bootstrap.stores import require_redis_url
from ecg_service.domain.quotas import Quota
from ecg_service.ports.quotas import SharedCounts
from ecg_service.services.quotas import Quotas, SharedQuotas
from ecg_service.settings import BadSettings, CacheSettings, Settings, variable

RULES: Mapping[str, Callable[[str], object]] = MappingProxyType({"quota_url": require_redis_url})
"""What is allowed, by the name of the setting; each raises `ValueError`."""


@asynccontextmanager
async def opened_quotas(settings: Settings) -> AsyncGenerator[Quotas | None]:
    """Yield what counts requests and bytes, or nothing if neither is bounded; raises `BadSettings`."""
    given, processes = settings.quotas, settings.server.workers
    quota = Quota(
        given.quota_requests, given.quota_bytes, given.quota_seconds, given.max_quota_users
    )
    if not quota:
        yield None
    elif given.quota_url is None:
        yield Quotas(replace(quota, **quota.whole.part(processes)._asdict()))
    else:
        async with _opened(given.quota_url, settings.cache) as counts:
            yield SharedQuotas(quota, counts, processes=processes)


def _opened(url: str, cache: CacheSettings) -> AbstractAsyncContextManager[SharedCounts]:
    try:
        require_redis_url(url)
    except ValueError as error:
        raise BadSettings(f"{variable('quota_url')}: {error}") from error
    # Who has no Redis need not wait for its driver.
    adapter = import_module("ecg_service.adapters.redis.quotas")
    limits = adapter.CallLimits(
        call_seconds=cache.cache_call_seconds,
        connect_seconds=cache.cache_connect_seconds,
        retry_seconds=cache.cache_retry_seconds,
        connections=cache.cache_connections,
    )
    return adapter.RedisCounts.opened(url, limits)
