import asyncio

import pytest

from ecg_service.domain.errors import TooManyGuesses
from ecg_service.ports.users import PasswordHasher
from ecg_service.services.passwords import Passwords
from ecg_service.services.passwords.guesses import FREE


class Watched(PasswordHasher):
    """Takes a turn of the event loop for each password, and counts how many it takes at once."""

    def __init__(self) -> None:
        self.verified: list[str] = []
        self.running = self.most = 0

    async def hash(self, password: str) -> str:
        return f"hash of {password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified.append(password)
        self.running += 1
        self.most = max(self.most, self.running)
        await asyncio.sleep(0)
        self.running -= 1
        return password_hash == f"hash of {password}"


async def test_a_guesser_is_held_up_and_others_are_not() -> None:
    hasher = Watched()
    passwords = Passwords(hasher)
    for number in range(FREE):
        assert not await passwords.sign_in("ann", "192.0.2.1", f"{number}", "hash of right")
    with pytest.raises(TooManyGuesses):
        await passwords.sign_in("ann", "192.0.2.1", "right", "hash of right")
    assert "right" not in hasher.verified
    assert await passwords.sign_in("ann", "192.0.2.2", "right", "hash of right")
    assert await passwords.verify("right", "hash of right")


async def test_guesses_at_once_count_as_guesses_one_after_the_other() -> None:
    hasher = Watched()
    passwords = Passwords(hasher, capacity=200)
    guesses = [passwords.sign_in("ann", "192.0.2.1", f"{n}", "hash of right") for n in range(100)]
    answers = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(isinstance(answer, TooManyGuesses) for answer in answers) == 100 - FREE
    assert len(hasher.verified) == FREE
    assert hasher.most == 1


async def test_the_unknown_are_treated_like_users() -> None:
    passwords = Passwords(Watched())
    for number in range(FREE):
        assert not await passwords.sign_in("nobody", "192.0.2.1", f"{number}", None)
    with pytest.raises(TooManyGuesses):
        await passwords.sign_in("nobody", "192.0.2.1", "again", None)


async def test_all_addresses_of_one_client_wait_together() -> None:
    passwords = Passwords(Watched())
    for number in range(FREE):
        assert not await passwords.sign_in("ann", f"2001:db8::{number}", "wrong", "hash of right")
    with pytest.raises(TooManyGuesses):
        await passwords.sign_in("ann", "2001:db8::ffff", "wrong", "hash of right")
    assert await passwords.sign_in("ann", "2001:db8:0:1::1", "right", "hash of right")


async def test_a_proven_password_ends_the_wait_of_who_gives_it() -> None:
    passwords = Passwords(Watched())
    for number in range(FREE):
        assert not await passwords.sign_in("ann", "192.0.2.1", f"{number}", "hash of right")
    assert not await passwords.sign_in("ann", "192.0.2.1", "x", "hash of right", proven=True)
    with pytest.raises(TooManyGuesses):
        await passwords.sign_in("ann", "192.0.2.1", "right", "hash of right")
    assert await passwords.sign_in("ann", "192.0.2.1", "right", "hash of right", proven=True)
    assert not await passwords.sign_in("ann", "192.0.2.1", "wrong", "hash of right")
