import asyncio

import pytest

from ecg_service.domain.errors import Overloaded, TooManyGuesses
from ecg_service.ports.users import PasswordHasher
from ecg_service.services.passwords import Passwords
from ecg_service.services.passwords.guesses import FREE
from ecg_service.services.passwords.passwords import PasswordsStatistics


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
    assert hasher.most == 2  # a stranger, and since the third one is tried a suspect


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


class Held(Watched):
    """Answers nobody until it is let go on."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = asyncio.Event()

    async def verify(self, password: str, password_hash: str | None) -> bool:
        right = await super().verify(password, password_hash)
        await self.go_on.wait()
        return right


@pytest.mark.parametrize("stored", ["hash of right", None], ids=["a user", "nobody"])
async def test_an_account_that_was_tried_often_is_suspect_everywhere(stored: str | None) -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    for number in range(6):
        assert not await passwords.sign_in("ann", f"192.0.2.{number}", f"{number}", stored)
    assert hasher.verified == ["0", "1", "2"]
    assert apart.verified == ["3", "4", "5"]


async def test_an_address_that_tried_often_is_suspect_for_every_account() -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    for number in range(6):
        assert not await passwords.sign_in(f"user{number}", "192.0.2.1", f"{number}", None)
    assert apart.verified == ["3", "4", "5"]
    assert await passwords.sign_in("ann", "192.0.2.1", "right", "hash of right")
    assert apart.verified[-1] == "right"


@pytest.mark.parametrize("of", ["an address", "an account"])
async def test_who_becomes_suspect_while_they_wait_is_verified_apart(of: str) -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    whose = [
        (f"user{n}", "192.0.2.1") if of == "an address" else ("ann", f"192.0.2.{n}")
        for n in range(20)
    ]
    guesses = [passwords.sign_in(*who, f"{n}", None) for n, who in enumerate(whose)]
    assert not any(await asyncio.gather(*guesses))
    assert hasher.verified == ["0", "1", "2"]
    assert sorted(apart.verified, key=int) == [f"{n}" for n in range(3, 20)]


async def test_many_who_sign_in_at_once_do_not_become_suspect() -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    all_of_them = [
        passwords.sign_in(f"user{n}", "192.0.2.1", "right", "hash of right") for n in range(50)
    ]
    assert all(await asyncio.gather(*all_of_them))
    assert len(hasher.verified) == 50


async def test_right_passwords_make_nobody_suspect() -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    for number in range(50):
        assert await passwords.sign_in(f"user{number}", "192.0.2.1", "right", "hash of right")
    assert len(hasher.verified) == 50


async def test_who_is_known_is_never_suspect() -> None:
    hasher, apart = Watched(), Watched()
    passwords = Passwords(hasher, apart=apart)
    assert await passwords.sign_in("ann", "192.0.2.9", "right", "hash of right")
    for number in range(9):
        assert not await passwords.sign_in("ann", f"192.0.2.{number}", "wrong", "hash of right")
    hasher.verified.clear()
    assert await passwords.sign_in("ann", "192.0.2.9", "right", "hash of right")
    assert await passwords.sign_in("ann", "192.0.2.0", "right", "hash of right", proven=True)
    assert hasher.verified == ["right", "right"]


async def guessed(passwords: Passwords) -> list[asyncio.Task[bool]]:
    """Guess three times from one address, and then five times at once."""
    for n in range(3):
        assert not await passwords.sign_in(f"user{n}", "192.0.2.1", f"{n}", None)
    guesses = [passwords.sign_in(f"user{n}", "192.0.2.1", f"{n}", None) for n in range(3, 8)]
    return [*map(asyncio.create_task, guesses)]


async def test_who_is_suspect_takes_no_turn_of_others() -> None:
    hasher, apart = Watched(), Held()
    passwords = Passwords(hasher, apart=apart, size=1, capacity=3)
    guesses = await guessed(passwords)
    assert await passwords.sign_in("ann", "192.0.2.2", "right", "hash of right")
    assert apart.verified == ["3"]
    assert passwords.statistics() == PasswordsStatistics(busy=1, waiting=3, suspect=4)
    for _ in range(2):
        with pytest.raises(Overloaded):
            passwords.require_room("user8", "192.0.2.1")
    passwords.require_room("user8", "192.0.2.2")
    apart.go_on.set()
    ends = await asyncio.gather(*guesses, return_exceptions=True)
    assert [isinstance(end, Overloaded) for end in ends] == [False] * 4 + [True]
    assert (apart.verified, apart.most) == (["3", "4", "5", "6"], 1)


async def test_who_is_suspect_does_not_wait_for_ever() -> None:
    passwords = Passwords(Watched(), apart=Held(), suspect_seconds=0.05)
    ends = await asyncio.gather(*await guessed(passwords), return_exceptions=True)
    assert [isinstance(end, Overloaded) for end in ends] == [True] * 5
    assert passwords.statistics() == PasswordsStatistics(busy=0, waiting=0, suspect=0)


async def test_who_is_refused_before_the_user_is_read_has_tried() -> None:
    apart = Held()
    passwords = Passwords(Watched(), apart=apart, capacity=3)
    tasks = await guessed(passwords)
    await asyncio.sleep(0.01)
    for _ in range(3):
        with pytest.raises(Overloaded):
            passwords.require_room("ann", "192.0.2.1")
    apart.go_on.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert await passwords.sign_in("ann", "192.0.2.9", "right", "hash of right")
    assert apart.verified[-1] == "right"
