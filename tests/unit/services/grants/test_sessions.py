"""When a session ends by itself; tests/api/test_tokens.py has the rest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.token_keys import FileTokenKeys
from ecg_service.domain.errors import GrantNotFound, Unauthenticated
from ecg_service.domain.grants import Grant, Kind
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role, User
from ecg_service.services.grants.sessions import Sessions

ANN = User("ann", Role.USER, "", datetime.now(UTC))
LIFE, IDLE = timedelta(days=30), timedelta(days=7)
LITTLE = timedelta(minutes=1)


@pytest.fixture
async def sessions(store: MemoryStore, tmp_path: Path) -> Sessions:
    await store.users.add(ANN)
    return Sessions(
        store.grants,
        store.users,
        FileTokenKeys(tmp_path / "keys"),
        most=5,
        access_seconds=300,
        session_seconds=LIFE.total_seconds(),
        idle_seconds=IDLE.total_seconds(),
        recheck=1,
    )


async def the_grant(store: MemoryStore) -> Grant:
    [found] = await store.grants.page(ANN.name, Kind.SESSION, limit=9)
    assert isinstance(found, Grant)
    return found


async def grow_old(store: MemoryStore, age: timedelta) -> None:
    """Let the time pass for the one session that there is."""
    grant = await the_grant(store)
    assert grant.expires
    used = grant.last_used and grant.last_used - age
    older = {"created": grant.created - age, "expires": grant.expires - age, "last_used": used}
    assert await store.grants.replace(grant, replace(grant, **older))


async def test_a_session_that_is_left_alone_ends(store: MemoryStore, sessions: Sessions) -> None:
    token = (await sessions.begin(Principal.of(ANN), None)).refresh_token
    await grow_old(store, IDLE - LITTLE)
    token = (await sessions.refresh(token)).refresh_token
    await grow_old(store, IDLE - LITTLE)
    token = (await sessions.refresh(token)).refresh_token
    grant = await the_grant(store)
    await grow_old(store, IDLE + LITTLE)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(token)
    with pytest.raises(GrantNotFound):
        await store.grants.get(grant.id)


async def test_one_that_is_used_all_the_time_ends_too(
    store: MemoryStore, sessions: Sessions
) -> None:
    token = (await sessions.begin(Principal.of(ANN), None)).refresh_token
    for _ in range(5):
        await grow_old(store, LIFE / 5 - LITTLE)
        token = (await sessions.refresh(token)).refresh_token
    await grow_old(store, 6 * LITTLE)
    with pytest.raises(Unauthenticated):
        await sessions.refresh(token)
