"""Verifies and hashes passwords in turns, so that guessing takes no time of those who know theirs."""

from ecg_service.ports.users import PasswordHasher
from ecg_service.services.passwords.guesses import Guesses, place_of
from ecg_service.services.passwords.turns import Turns

SIZE, CAPACITY, REMEMBERED = 2, 64, 10_000


class Passwords(PasswordHasher):
    """A slow hasher: `size` passwords at once, of which strangers' are all but one.

    `capacity` more may wait, and `remembered` accounts and addresses are told apart.
    """

    def __init__(
        self,
        hasher: PasswordHasher,
        *,
        size: int = SIZE,
        capacity: int = CAPACITY,
        remembered: int = REMEMBERED,
    ) -> None:
        self._hasher = hasher
        self._turns = Turns(size=size, capacity=capacity)
        self._guesses = Guesses(remembered)

    async def hash(self, password: str) -> str:
        """Hash a password of a user who is, or for whom an admin is, signed in."""
        async with self._turns.taken():
            return await self._hasher.hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Verify a password of a user who is signed in."""
        async with self._turns.taken():
            return await self._hasher.verify(password, password_hash)

    async def sign_in(
        self,
        name: str,
        address: str,
        password: str,
        password_hash: str | None,
        *,
        proven: bool = False,
    ) -> bool:
        """Verify the password that somebody at this address gives; raises `TooManyGuesses`.

        What holds for a name does not depend on whether there is such a user. A password that is
        `proven` was right before: it is no guess, wherever it comes from, and ends a wait there if it still is.
        """
        if proven:
            return await self._prove(name, address, password, password_hash)
        place = place_of(address)
        self._guesses.require_time(name, place)
        async with self._turns.taken(self._guesses.ask(name, place)):
            self._guesses.require_time(name, place)  # they may have guessed meanwhile
            right = await self._hasher.verify(password, password_hash)
        if right:
            self._guesses.right(name, place)
        else:
            self._guesses.wrong(name, place)
        return right

    async def _prove(
        self, name: str, address: str, password: str, password_hash: str | None
    ) -> bool:
        right = await self.verify(password, password_hash)
        if right:
            self._guesses.end(name, place_of(address))
        return right
