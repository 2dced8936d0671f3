"""Which user a subject of an identity provider is."""

import asyncio

import pytest

from ecg_service.domain.errors import UserExists, UserNotFound
from ecg_service.domain.users import NO_PASSWORD, Role, User
from ecg_service.ports.store import Store
from tests.contract.builders import user, users_of

HERE, THERE = "https://here.example", "https://there.example"


def external(name: str = "here+1") -> User:
    return user(name, password_hash=NO_PASSWORD)


async def test_the_first_sight_makes_the_user(store: Store) -> None:
    assert await store.identities.link(HERE, "sub:1", external(), is_new=True) == external()
    assert await store.identities.user_of(HERE, "sub:1") == external()
    assert await store.users.get("here+1") == external()


@pytest.mark.parametrize(
    "other", [(HERE, "sub:2"), (THERE, "sub:1"), (HERE, "client:1"), (HERE, "Sub:1"), (HERE, "")]
)
async def test_a_subject_is_of_its_issuer(store: Store, other: tuple[str, str]) -> None:
    await store.identities.link(HERE, "sub:1", external(), is_new=True)
    with pytest.raises(UserNotFound):
        await store.identities.user_of(*other)


async def test_names_are_compared_exactly(store: Store) -> None:
    subjects = ["sub:ann", "sub:Ann", "sub:ann ", "sub:änn", "sub:a\u0308nn", "sub:'; --", "sub:\0"]
    for number, subject in enumerate(subjects):
        await store.identities.link(HERE, subject, external(f"here+{number}"), is_new=True)
    found = [(await store.identities.user_of(HERE, subject)).name for subject in subjects]
    assert found == [f"here+{number}" for number in range(len(subjects))]


async def test_it_may_be_a_user_who_is_there(store: Store) -> None:
    await store.users.add(user("ann", epoch=3))
    for subject in ("sub:1", "client:1"):
        linked = await store.identities.link(HERE, subject, user("ann"), is_new=False)
        assert linked == user("ann", epoch=3)
    await store.users.update("ann", disabled=True)
    assert (await store.identities.user_of(HERE, "sub:1")).disabled


async def test_but_not_one_who_is_not(store: Store) -> None:
    with pytest.raises(UserNotFound):
        await store.identities.link(HERE, "sub:1", user("ann"), is_new=False)
    with pytest.raises(UserNotFound):
        await store.identities.user_of(HERE, "sub:1")


async def test_nor_can_a_name_that_is_taken_be_made_again(store: Store) -> None:
    await store.users.add(user("here+1", Role.ADMIN))
    with pytest.raises(UserExists):
        await store.identities.link(HERE, "sub:1", external(), is_new=True)
    with pytest.raises(UserNotFound):
        await store.identities.user_of(HERE, "sub:1")
    assert await users_of(store) == [user("here+1", Role.ADMIN)]


async def test_a_link_never_changes(store: Store) -> None:
    await store.users.add(user("ann"))
    await store.identities.link(HERE, "sub:1", external(), is_new=True)
    assert await store.identities.link(HERE, "sub:1", user("ann"), is_new=False) == external()
    assert await store.identities.link(HERE, "sub:1", external("x"), is_new=True) == external()
    assert await store.identities.user_of(HERE, "sub:1") == external()


async def test_of_many_first_sights_one_makes_the_user(store: Store) -> None:
    links = [store.identities.link(HERE, "sub:1", external(), is_new=True) for _ in range(20)]
    assert await asyncio.gather(*links) == [external()] * 20
    assert await users_of(store) == [external()]


async def test_who_signs_in_elsewhere_is_not_the_admin_that_stays(store: Store) -> None:
    away = user("here+1", Role.ADMIN, password_hash=NO_PASSWORD)
    await store.users.add(user("root", Role.ADMIN))
    await store.identities.link(HERE, "sub:1", away, is_new=True)
    assert (await store.users.update("here+1", disabled=True)).disabled
