"""A damaged user cannot sign in; all others can."""

from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import SqliteStore
from ecg_service.domain.errors import DamagedUser, LastAdmin, UserInUse, UserNotFound
from ecg_service.domain.ids import LAST
from ecg_service.domain.users import Role, UnreadableUser
from ecg_service.services.retention import erase
from tests.contract.builders import added, new, user
from tests.unit.adapters.sqlite.alterations import alter

ALTERATIONS = [
    "role = 'ADMIN'",
    "role = 'GUEST'",
    "role = CAST(x'ff' AS TEXT)",
    "password_hash = 'hash of eve''s password'",
    "created = created + 1",
    "created = -1 << 63",
    "disabled = 1",
    "epoch = epoch + 1",
    "checksum = checksum + 1",
]


@pytest.fixture
async def users(path: Path) -> Path:
    """Store Ann, Bob and Cid, an admin, and close the store."""
    async with SqliteStore.open(path) as store:
        for one in (user("ann"), user("bob"), user("cid", Role.ADMIN)):
            await store.users.add(one)
    return path


@pytest.mark.parametrize("change", ALTERATIONS)
async def test_damage_is_noticed_and_stays_where_it_is(users: Path, change: str) -> None:
    alter(users, f"UPDATE users SET {change} WHERE name = 'bob'")
    listed = [user("ann"), UnreadableUser("bob"), user("cid", Role.ADMIN)]
    async with SqliteStore.open(users) as store:
        with pytest.raises(DamagedUser):
            await store.users.get("bob")
        with pytest.raises(DamagedUser):
            await store.users.update("bob", disabled=True)
        assert await store.users.page(limit=9) == listed
        assert await store.users.page(limit=1, after="ann") == listed[1:2]
        assert await store.users.page(limit=9, after="bob") == listed[2:]
        assert await store.users.update("ann") == user("ann")
        assert not await store.users.add_first(user("eve", Role.ADMIN))


@pytest.mark.parametrize("change", ALTERATIONS)
async def test_they_can_be_erased_with_all_that_is_theirs(users: Path, change: str) -> None:
    async with SqliteStore.open(users) as store:
        await added(store, new("bob"), new("ann"))
    alter(users, f"UPDATE users SET {change} WHERE name = 'bob'")
    async with SqliteStore.open(users) as store:
        with pytest.raises(UserInUse):
            await store.users.remove("bob")
        assert [count async for count in erase(store, "bob")] == [1]
        with pytest.raises(UserNotFound):
            await store.users.get("bob")
        assert [owner for owner, _ in await store.ecgs.find(before=LAST, limit=9)] == ["ann"]


async def test_a_page_goes_past_a_name_that_is_no_text(users: Path) -> None:
    alter(users, "UPDATE users SET name = CAST(x'62ff' AS TEXT) WHERE name = 'bob'")
    async with SqliteStore.open(users) as store:
        with pytest.raises(UserNotFound):
            await store.users.get("bob")
        names = [
            (await store.users.page(limit=1, after=after))[0].name for after in ("ann", "b%FF")
        ]
    assert names == ["b%FF", "cid"]


async def test_who_is_altered_to_an_admin_is_none(users: Path) -> None:
    alter(users, "UPDATE users SET role = 'ADMIN' WHERE name = 'bob'")
    async with SqliteStore.open(users) as store:
        with pytest.raises(LastAdmin):
            await store.users.update("cid", disabled=True)
