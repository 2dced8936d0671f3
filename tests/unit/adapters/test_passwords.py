import asyncio
import threading
from collections.abc import Generator
from contextlib import closing

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.domain.errors import DamagedUser, Overloaded


@pytest.fixture(scope="module")
def threads() -> Generator[Threads]:
    with closing(Threads("password", size=1, capacity=1)) as started:
        yield started


@pytest.fixture
def passwords(threads: Threads) -> Argon2Passwords:
    return Argon2Passwords(threads)


async def test_a_hash_verifies_its_password_only(passwords: Argon2Passwords) -> None:
    stored = await passwords.hash("pässwörd")
    assert await passwords.verify("pässwörd", stored)
    assert not await passwords.verify("passwörd", stored)
    assert not await passwords.verify("", stored)


async def test_hashes_are_salted_and_cost_what_owasp_asks_for(passwords: Argon2Passwords) -> None:
    first, second = [await passwords.hash("password") for _ in range(2)]
    assert first != second
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_nobody_has_a_password(passwords: Argon2Passwords) -> None:
    for guess in ("", "a user who does not exist"):
        assert not await passwords.verify(guess, None)


@pytest.mark.parametrize("password", ["\0", "x" * 100_000, "🔑"], ids=["NUL", "long", "astral"])
async def test_no_password_is_cut(passwords: Argon2Passwords, password: str) -> None:
    stored = await passwords.hash(password)
    assert await passwords.verify(password, stored)
    assert not await passwords.verify(password + "x", stored)


@pytest.mark.parametrize(
    ("asked", "instead"),
    [
        ("m=19456", "m=9800000"),
        ("m=19456", "m=-1"),
        ("m=19456", "m="),
        ("t=2", "t=99999"),
        ("p=1", "p=64"),
        ("$argon2id$", "$argon3id$"),
        ("$", ""),
    ],
)
async def test_a_hash_that_was_altered_is_not_tried(
    passwords: Argon2Passwords, asked: str, instead: str
) -> None:
    stored = await passwords.hash("password")
    with pytest.raises(DamagedUser):
        await passwords.verify("password", stored.replace(asked, instead))


async def test_more_than_may_wait_is_overload(passwords: Argon2Passwords, threads: Threads) -> None:
    gate = threading.Event()
    blocking = [asyncio.create_task(threads.run(gate.wait, 30)) for _ in range(2)]
    await asyncio.sleep(0)
    with pytest.raises(Overloaded):
        await passwords.hash("password")
    with pytest.raises(Overloaded):
        await passwords.verify("password", None)
    gate.set()
    await asyncio.gather(*blocking)
