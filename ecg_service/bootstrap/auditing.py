"""What notes requests in the audit trail, and forgets old rows, while the service runs."""

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ecg_service.bootstrap.stores import is_audited
from ecg_service.ports.store import Store
from ecg_service.services.audit.queue import AuditLimits, AuditQueue
from ecg_service.services.periodic import repeat
from ecg_service.settings import Settings


@asynccontextmanager
async def opened_audit(store: Store, settings: Settings) -> AsyncGenerator[AuditQueue | None]:
    """Yield what takes the events of requests until the block ends, if they are audited."""
    if not is_audited(settings):
        yield None
        return
    given, access = settings.auditing, settings.access
    limits = AuditLimits(
        given.audit_queue,
        given.audit_delay_seconds,
        signed_in_seconds=access.credential_seconds,
        signed_in=access.max_credentials,
    )
    queue = AuditQueue(store.audit, limits)
    async with queue.kept():
        yield queue


async def forget_audited(store: Store, settings: Settings) -> None:
    """Forget rows that are older than `audit_retention_seconds`, for ever; nothing if that is 0."""
    lifetime = settings.auditing.audit_retention_seconds
    if not lifetime:
        return

    async def forget() -> None:
        await store.audit.forget(time.time_ns() // 1000 - int(lifetime * 1e6))

    await repeat("forgetting audited rows", forget, every=settings.store.retention_sweep_seconds)
