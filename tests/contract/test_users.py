import asyncio

import pytest
from msgspec.structs import replace

from ecg_service.domain.errors import LastAdmin, UserExists, UserInUse, UserNotFound
from ecg_service.domain.grants import Kind
from ecg_service.domain.users import Role
from ecg_service.ports.store import Store
from tests.contract.builders import added, grant, new, user


async def test_returns_what_was_added(store: Store) -> None:
    users = [user("ann"), user("root", Role.ADMIN), user("old", disabled=True)]
    for one in users:
        await store.users.add(one)
    assert [await store.users.get(one.name) for one in users] == users


async def test_names_are_taken_once(store: Store) -> None:
    await store.users.add(user("ann"))
    with pytest.raises(UserExists):
        await store.users.add(user("ann", Role.ADMIN))
    assert await store.users.get("ann") == user("ann")


async def test_names_are_compared_exactly(store: Store) -> None:
    for name in ("ann", "Ann", "ann ", "änn", "a\u0308nn", "🫀", "'; --"):
        await store.users.add(user(name))
        assert (await store.users.get(name)).name == name


@pytest.mark.parametrize("name", ["", "Ann", "nobody"])
async def test_the_unknown_is_not_found(store: Store, name: str) -> None:
    await store.users.add(user("ann"))
    with pytest.raises(UserNotFound):
        await store.users.get(name)
    with pytest.raises(UserNotFound):
        await store.users.update(name, disabled=True)


async def test_the_first_is_added_once(store: Store) -> None:
    assert await store.users.add_first(user("root", Role.ADMIN))
    assert not await store.users.add_first(user("root", Role.ADMIN))
    assert not await store.users.add_first(user("other", Role.ADMIN))
    assert await store.users.page(limit=9) == [user("root", Role.ADMIN)]


async def test_of_many_firsts_one_wins(store: Store) -> None:
    firsts = [user(f"root{n}", Role.ADMIN) for n in range(20)]
    won = await asyncio.gather(*map(store.users.add_first, firsts))
    assert sum(won) == 1
    assert await store.users.page(limit=99) == [firsts[won.index(True)]]


async def test_pages_by_code_point(store: Store) -> None:
    names = ["\U0001f600", "\uffee", "b", "a", "B", "ab", "é", "e\u0301"]
    for name in names:
        await store.users.add(user(name))
    ordered = sorted(names)
    assert [u.name for u in await store.users.page(limit=99)] == ordered
    assert [u.name for u in await store.users.page(limit=3)] == ordered[:3]
    assert [u.name for u in await store.users.page(limit=3, after=ordered[2])] == ordered[3:6]
    assert [u.name for u in await store.users.page(limit=99, after="aa")] == ordered[2:]
    assert await store.users.page(limit=3, after=ordered[-1]) == []


async def test_changes_only_what_is_given(store: Store) -> None:
    await store.users.add(user("ann"))
    assert await store.users.update("ann") == user("ann")
    changed = user("ann", password_hash="new", epoch=1)
    assert await store.users.update("ann", password_hash="new") == changed
    disabled = user("ann", password_hash="new", disabled=True, epoch=2)
    assert await store.users.update("ann", disabled=True) == disabled
    assert await store.users.get("ann") == disabled
    assert await store.users.update("ann", disabled=False) == replace(changed, epoch=3)


async def test_only_a_change_raises_the_epoch(store: Store) -> None:
    before = user("ann", epoch=7)
    await store.users.add(before)
    same = await store.users.update("ann", password_hash=before.password_hash, disabled=False)
    assert same == before
    assert (await store.users.update("ann", password_hash="new", disabled=True)).epoch == 8
    assert (await store.users.get("ann")).epoch == 8


async def test_signing_out_raises_the_epoch_alone(store: Store) -> None:
    await store.users.add(user("ann", epoch=7))
    assert await store.users.update("ann", sign_out=True) == user("ann", epoch=8)
    assert await store.users.get("ann") == user("ann", epoch=8)


async def test_the_last_enabled_admin_stays(store: Store) -> None:
    await store.users.add(user("ann"))
    await store.users.add(user("root", Role.ADMIN))
    await store.users.add(user("old", Role.ADMIN, disabled=True))
    with pytest.raises(LastAdmin):
        await store.users.update("root", password_hash="new", disabled=True)
    assert await store.users.get("root") == user("root", Role.ADMIN)
    await store.users.update("root", password_hash="new", disabled=False)
    await store.users.update("old", disabled=True)
    await store.users.update("ann", disabled=True)


async def test_an_admin_may_go_while_another_stays(store: Store) -> None:
    await store.users.add(user("one", Role.ADMIN))
    await store.users.add(user("two", Role.ADMIN))
    assert (await store.users.update("one", disabled=True)).disabled
    with pytest.raises(LastAdmin):
        await store.users.update("two", disabled=True)
    await store.users.update("one", disabled=False)
    await store.users.update("two", disabled=True)


async def test_of_two_admins_disabled_at_once_one_stays(store: Store) -> None:
    names = ["one", "two"]
    for name in names:
        await store.users.add(user(name, Role.ADMIN))
    disable = (store.users.update(name, disabled=True) for name in names)
    answers = await asyncio.gather(*disable, return_exceptions=True)
    assert sum(isinstance(answer, LastAdmin) for answer in answers) == 1
    assert [(await store.users.get(name)).disabled for name in names].count(False) == 1


async def test_a_user_is_removed_who_is_disabled_and_has_no_ecgs(store: Store) -> None:
    await store.users.add(user())
    with pytest.raises(UserInUse):
        await store.users.remove("ann")
    [one] = await added(store, new("ann"))
    await store.identities.link("https://issuer", "subject", user(), is_new=False)
    await store.grants.add(grant(), most=1)
    await store.users.update("ann", disabled=True)
    with pytest.raises(UserInUse):
        await store.users.remove("ann")
    await store.ecgs.delete("ann", one)
    await store.users.remove("ann")
    with pytest.raises(UserNotFound):
        await store.users.remove("ann")
    await store.users.add(user())
    with pytest.raises(UserNotFound):  # who has the name now is somebody else
        await store.identities.user_of("https://issuer", "subject")
    assert await store.grants.page("ann", Kind.API_KEY, limit=9) == []
