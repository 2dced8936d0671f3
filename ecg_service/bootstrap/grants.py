"""What users grant to devices and clients."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from ecg_service.ports.store import Store
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.grants.api_keys import ApiKeys
from ecg_service.services.grants.last_uses import LastUses
from ecg_service.settings import Settings


@asynccontextmanager
async def opened_api_keys(
    store: Store, verified: VerifiedCredentials, settings: Settings
) -> AsyncGenerator[ApiKeys]:
    """Note the uses of API keys until the block ends."""
    access = settings.access
    uses = LastUses(store.grants, every=access.last_use_seconds, capacity=access.max_credentials)
    async with uses.kept():
        yield ApiKeys(
            store.grants,
            store.users,
            verified,
            uses,
            most=access.max_api_keys,
            recheck=access.credential_recheck_seconds,
        )
