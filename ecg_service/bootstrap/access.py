"""Who signs in, and how: all that verifies credentials."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager, closing
from dataclasses import dataclass
from types import MappingProxyType

from ecg_service.actors import Threads
from ecg_service.adapters.apart.passwords import PasswordsApart
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.edge.access.basic import Basic
from ecg_service.api.edge.access.bearer import Bearer
from ecg_service.bootstrap.grants import make_sessions, opened_api_keys
from ecg_service.bootstrap.issuers import opened_issuers
from ecg_service.domain.opaque import Prefix
from ecg_service.domain.session_tokens import ISSUER
from ecg_service.domain.users import ALL_ROLES, Role
from ecg_service.ports.store import Store
from ecg_service.services.authentication import PasswordAuthenticator
from ecg_service.services.bearer import BearerAuthenticator
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.grants.api_keys import ApiKeys
from ecg_service.services.grants.sessions import Sessions
from ecg_service.services.passwords import Passwords
from ecg_service.services.users import Users
from ecg_service.settings import AccessSettings, Settings

PASSWORDS: Mapping[str, frozenset[Role]] = MappingProxyType(
    {"everybody": ALL_ROLES, "admins": frozenset([Role.ADMIN]), "nobody": frozenset()}
)
"""The roles whose passwords sign in, by the word of the setting."""

NICENESS = 5
"""Of the threads that hash passwords, which take a third of what the event loop gets where both want one processor.

No more: where other processes want it, too, such a thread would wait for long with the GIL in hand.
"""


@dataclass(frozen=True, slots=True)
class Access:
    """What users sign in with, and what verifies it; all share one memory of verified credentials."""

    users: Users
    passwords: PasswordAuthenticator
    api_keys: ApiKeys
    sessions: Sessions
    schemes: tuple[Scheme, ...]
    statistics: Callable[[], Mapping[str, object]]


@asynccontextmanager
async def opened_access(store: Store, settings: Settings) -> AsyncGenerator[Access]:
    """Start what hashes passwords, and what API keys and issuers need, until the block ends."""
    access = settings.access
    verified = VerifiedCredentials(
        ttl=access.credential_seconds,
        recheck=access.credential_recheck_seconds,
        capacity=access.max_credentials,
    )
    roles = PASSWORDS[access.sign_in_by_password]
    sessions = make_sessions(store, settings, roles)
    async with (
        _opened_passwords(access) as passwords,
        opened_api_keys(store, verified, settings) as api_keys,
        opened_issuers(settings, store) as issuers,
    ):
        basic = PasswordAuthenticator(store.users, passwords, verified, roles)
        bearer = BearerAuthenticator(
            store.users,
            verified,
            prefixes={Prefix.API_KEY: api_keys.verify},
            issuers={**issuers, ISSUER: sessions.verify},
        )
        yield Access(
            Users(store.users, passwords, verified),
            basic,
            api_keys,
            sessions,
            (
                *([Basic(basic)] if roles else []),
                Bearer(bearer, max_bytes=access.max_token_bytes),
            ),
            lambda: {"hashing": passwords.statistics(), "credentials": verified.statistics()},
        )


@asynccontextmanager
async def _opened_passwords(access: AccessSettings) -> AsyncGenerator[Passwords]:
    size, capacity = access.password_threads, access.password_queue
    with closing(Threads("password", size=size, capacity=capacity, niceness=NICENESS)) as threads:
        async with aclosing(PasswordsApart(seconds=access.suspect_seconds)) as apart:
            yield Passwords(
                Argon2Passwords(threads),
                apart=apart,
                size=size,
                capacity=capacity,
                remembered=access.max_credentials,
                suspect_seconds=access.suspect_seconds,
            )
