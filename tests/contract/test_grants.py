import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from msgspec.structs import replace

from ecg_service.domain.errors import GrantNotFound, TooManyGrants
from ecg_service.domain.grants import Grant, Kind
from ecg_service.domain.principal import Scope
from ecg_service.ports.store import Database, Store
from tests.contract.builders import NOON, ecg_id, grant

MANY = 99
LATER = NOON + timedelta(microseconds=1)


async def add(store: Store, *grants: Grant) -> list[Grant]:
    for one in grants:
        await store.grants.add(one, most=MANY)
    return [*grants]


async def test_returns_what_was_added(store: Store) -> None:
    grants = await add(
        store,
        grant(),
        grant("Ann", Kind.SESSION, name="", epoch=2**63 - 1),
        grant("ann\0", name="🫀 \0", scopes=frozenset([*Scope]), expires=NOON, last_used=LATER),
        grant(scopes=frozenset[Scope](), digest=bytes(32)),
        grant(id=UUID(int=1)),
    )
    assert [await store.grants.get(one.id) for one in grants] == grants


async def test_what_is_not_there_is_not_found(store: Store) -> None:
    [one] = await add(store, grant())
    with pytest.raises(GrantNotFound):
        await store.grants.get(ecg_id())
    for owner, grant_id in [("ann", ecg_id()), ("bob", one.id), ("", one.id)]:
        with pytest.raises(GrantNotFound):
            await store.grants.remove(owner, grant_id)
    assert await store.grants.get(one.id) == one


async def test_what_is_removed_is_gone(store: Store) -> None:
    one, other = await add(store, grant(), grant())
    await store.grants.remove("ann", one.id)
    with pytest.raises(GrantNotFound):
        await store.grants.get(one.id)
    assert await store.grants.page("ann", Kind.API_KEY, limit=9) == [other]
    assert await store.grants.replace(one, replace(one, epoch=1)) is False


async def test_pages_in_order_of_id_of_one_owner_and_one_kind(store: Store) -> None:
    keys = [grant() for _ in range(5)]
    await add(store, *reversed(keys), grant("bob"), grant(kind=Kind.SESSION))
    page = store.grants.page
    assert await page("ann", Kind.API_KEY, limit=9) == keys
    assert await page("ann", Kind.API_KEY, limit=2) == keys[:2]
    assert await page("ann", Kind.API_KEY, limit=2, after=keys[1].id) == keys[2:4]
    assert await page("ann", Kind.API_KEY, limit=2, after=keys[-1].id) == []
    assert await page("eve", Kind.API_KEY, limit=9) == []


async def test_of_one_kind_an_owner_has_so_many(store: Store) -> None:
    await add(store, grant("bob"), grant(kind=Kind.SESSION))
    for _ in range(2):
        await store.grants.add(grant(), most=2)
    with pytest.raises(TooManyGrants):
        await store.grants.add(grant(), most=2)
    assert len(await store.grants.page("ann", Kind.API_KEY, limit=9)) == 2


async def test_what_has_expired_makes_room(store: Store) -> None:
    old = grant(expires=NOON)
    for one in (old, grant("bob", expires=NOON), grant(kind=Kind.SESSION, expires=NOON)):
        await store.grants.add(one, most=1)
    lasting = grant(expires=LATER)
    await store.grants.add(lasting, most=1)
    assert await store.grants.page("ann", Kind.API_KEY, limit=9) == [lasting]
    with pytest.raises(TooManyGrants):
        await store.grants.add(grant(), most=1)
    assert len(await store.grants.page("bob", Kind.API_KEY, limit=9)) == 1
    assert len(await store.grants.page("ann", Kind.SESSION, limit=9)) == 1


async def test_of_many_that_add_at_once_as_many_do_as_there_is_room_for(store: Store) -> None:
    adding = (store.grants.add(grant(), most=3) for _ in range(12))
    answers = await asyncio.gather(*adding, return_exceptions=True)
    assert [type(answer) for answer in answers if answer] == [TooManyGrants] * 9
    assert len(await store.grants.page("ann", Kind.API_KEY, limit=MANY)) == 3


async def test_of_many_that_replace_the_same_one_does(store: Store) -> None:
    [before] = await add(store, grant())
    others = [replace(before, digest=bytes([n]) * 32) for n in range(20)]
    won = await asyncio.gather(*(store.grants.replace(before, other) for other in others))
    assert sum(won) == 1
    assert await store.grants.get(before.id) == others[won.index(True)]
    assert await store.grants.replace(before, before) is False


async def test_the_last_use_is_noted_of_what_is_there(store: Store) -> None:
    one, other = await add(store, grant(name="one"), grant(name="other"))
    await store.grants.touch({one.id: LATER, ecg_id(): LATER})
    assert await store.grants.get(one.id) == replace(one, last_used=LATER)
    assert await store.grants.get(other.id) == other
    await store.grants.touch({})


async def test_grants_are_reached_beside_an_open_store(database: Database, store: Store) -> None:
    if not database.is_persistent:
        return
    [one] = await add(store, grant())
    async with database.open_beside() as beside:
        await beside.grants.remove("ann", one.id)
    with pytest.raises(GrantNotFound):
        await store.grants.get(one.id)
