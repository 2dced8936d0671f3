"""What `Users` checks itself, whoever calls; tests/api/test_users.py has the rest."""

from collections.abc import AsyncGenerator
from contextlib import closing

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.domain.errors import Invalid, Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.users import Users

PASSWORD = "correct horse"
ANN = Principal("ann", Role.USER)


@pytest.fixture
async def users(store: MemoryStore) -> AsyncGenerator[Users]:
    with closing(Threads("password", size=1, capacity=1)) as threads:
        yield Users(store.users, Argon2Passwords(threads), VerifiedCredentials())


def place(refused: pytest.ExceptionInfo[Invalid]) -> tuple[tuple[str | int, ...], str]:
    [violation] = refused.value.violations
    return violation.path, violation.code


@pytest.mark.parametrize(
    ("name", "password", "expected"),
    [
        ("a b", PASSWORD, (("username",), "pattern")),
        ("x" * 65, PASSWORD, (("username",), "length")),
        ("ann", "short", (("password",), "length")),
    ],
)
async def test_nobody_is_registered_against_the_rules(
    users: Users, name: str, password: str, expected: object
) -> None:
    for register in (users.register, users.ensure_admin):
        with pytest.raises(Invalid) as refused:
            await register(name, password)
        assert place(refused) == expected
    assert await users.page(limit=9) == ([], None)


async def test_a_new_password_keeps_the_rules(users: Users) -> None:
    before = await users.register("ann", PASSWORD)
    with pytest.raises(Invalid) as refused:
        await users.update("ann", password="short", disabled=True)
    assert place(refused) == (("password",), "length")
    with pytest.raises(Invalid) as refused:
        await users.change_password(ANN, "not the current one", "short")
    assert place(refused) == (("new_password",), "length")
    assert await users.get("ann") == before


async def test_the_current_password_is_that_of_the_store(users: Users) -> None:
    now = Principal.of(await users.register("ann", PASSWORD))
    await users.change_password(now, PASSWORD, "battery staple")
    later = Principal.of(await users.get("ann"))
    with pytest.raises(Invalid) as refused:
        await users.change_password(later, PASSWORD, "another one")
    assert place(refused) == (("current_password",), "wrong_password")
    await users.change_password(later, "battery staple", PASSWORD)


async def test_the_unknown_have_no_password_to_change(users: Users) -> None:
    with pytest.raises(Unauthenticated):
        await users.change_password(ANN, PASSWORD, PASSWORD)


async def test_the_first_admin_is_one(users: Users) -> None:
    assert await users.ensure_admin("root", PASSWORD)
    assert not await users.ensure_admin("other", PASSWORD)
    assert (await users.page(limit=9))[0] == [await users.get("root")]
    assert (await users.get("root")).role is Role.ADMIN


async def test_a_page_ends_where_the_next_begins(users: Users) -> None:
    for name in ("ann", "bob", "cid"):
        await users.register(name, PASSWORD)
    first, after = await users.page(limit=2)
    assert ([user.name for user in first], after) == (["ann", "bob"], "bob")
    rest, end = await users.page(limit=2, after="bob")
    assert ([user.name for user in rest], end) == (["cid"], None)


async def test_a_wrong_current_password_is_told_so(users: Users) -> None:
    await users.register("ann", PASSWORD)
    with pytest.raises(Invalid) as refused:
        await users.change_password(ANN, "not the current one", "a new password")
    [violation] = refused.value.violations
    assert violation.detail == "This is not your password."
