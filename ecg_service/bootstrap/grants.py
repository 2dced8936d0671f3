"""What users grant to devices and clients."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from ecg_service.adapters.token_keys import FileTokenKeys
from ecg_service.bootstrap.stores import configured_database
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.grants.api_keys import ApiKeys
from ecg_service.services.grants.last_uses import LastUses
from ecg_service.services.grants.sessions import Sessions
from ecg_service.settings import Settings

SECONDS_OF_A_DAY = 86_400


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


def make_sessions(store: Store, settings: Settings, roles: frozenset[Role]) -> Sessions:
    """Return the sessions, whose signing keys are in a file."""
    access = settings.access
    return Sessions(
        store.grants,
        store.users,
        FileTokenKeys(
            token_keys_path(settings), renew_seconds=access.signing_key_days * SECONDS_OF_A_DAY
        ),
        most=access.max_sessions,
        access_seconds=access.access_token_seconds,
        session_seconds=access.session_seconds,
        idle_seconds=access.session_idle_seconds,
        recheck=access.credential_recheck_seconds,
        roles=roles,
    )


def token_keys_path(settings: Settings) -> Path:
    """Return the file of the signing keys: the configured one, or one beside the database."""
    given = settings.access.token_keys
    beside = configured_database(settings).admin_password_file().with_suffix(".signing-keys")
    return beside if given is None else Path(given)
