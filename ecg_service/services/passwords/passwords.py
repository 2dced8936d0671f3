"""Verifies and hashes passwords in turns, so that guessing takes no time of those who know theirs."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from ecg_service.domain.errors import Overloaded
from ecg_service.ports.users import PasswordHasher, PasswordVerifier
from ecg_service.services.passwords.guesses import Guesses, is_suspect, place_of
from ecg_service.services.passwords.turns import Rank, Turns

SIZE, CAPACITY, REMEMBERED, SUSPECT_SECONDS = 2, 64, 10_000, 10.0


@dataclass(frozen=True, slots=True)
class PasswordsStatistics:
    """How many passwords are looked at and wait at a moment, and how many of both are of who is suspect."""

    busy: int
    waiting: int
    suspect: int


class Passwords(PasswordHasher):
    """A slow hasher: `size` passwords at once, of which strangers' are all but one.

    Strangers who are suspect are verified `apart`, one at a time, so that nobody else waits for them; what
    takes more than `suspect_seconds` with its wait raises `Overloaded`.
    `capacity` more may wait in either place, and `remembered` accounts and addresses are told apart.
    """

    def __init__(
        self,
        hasher: PasswordHasher,
        *,
        apart: PasswordVerifier | None = None,
        size: int = SIZE,
        capacity: int = CAPACITY,
        remembered: int = REMEMBERED,
        suspect_seconds: float = SUSPECT_SECONDS,
    ) -> None:
        self._hasher = hasher
        self._turns = Turns(size=size, capacity=capacity)
        self._apart = apart or hasher
        self._turns_apart = Turns(size=1, capacity=capacity)
        self._guesses = Guesses(remembered)
        self._suspect_seconds = suspect_seconds

    def statistics(self) -> PasswordsStatistics:
        """Return how many passwords are looked at and wait."""
        of_all, of_suspects = self._turns, self._turns_apart
        return PasswordsStatistics(
            busy=of_all.busy + of_suspects.busy,
            waiting=of_all.waiting + of_suspects.waiting,
            suspect=of_suspects.busy + of_suspects.waiting,
        )

    async def hash(self, password: str) -> str:
        """Hash a password of a user who is, or for whom an admin is, signed in."""
        async with self._turns.taken():
            return await self._hasher.hash(password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Verify a password of a user who is signed in."""
        async with self._turns.taken():
            return await self._hasher.verify(password, password_hash)

    def require_room(self, name: str, address: str) -> None:
        """Raise what `sign_in` would, if that is known already: reading the user is half of a refusal."""
        place = place_of(address)
        self._guesses.require_time(name, place)
        rank = self._guesses.rank(name, place)
        turns = self._turns_apart if is_suspect(rank) else self._turns
        if turns.refuses(rank):
            self._guesses.ask(name, place)
            raise Overloaded

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
        rank = self._guesses.ask(name, place)
        async with self._turn(rank, place) as verifier:
            self._guesses.require_time(name, place)  # they may have guessed meanwhile
            right = await verifier.verify(password, password_hash)
        if right:
            self._guesses.right(name, place)
        else:
            self._guesses.wrong(name, place)
        return right

    @asynccontextmanager
    async def _turn(self, rank: Rank, place: str) -> AsyncGenerator[PasswordVerifier]:
        """Wait for a turn, and yield what verifies in it; who has become suspect meanwhile waits apart."""
        if not is_suspect(rank):
            async with self._turns.taken(rank):
                rank = self._guesses.rank_by_now(rank, place)
                if not is_suspect(rank):
                    yield self._hasher
                    return
        async with self._in_time(), self._turns_apart.taken(rank):
            yield self._apart

    @asynccontextmanager
    async def _in_time(self) -> AsyncGenerator[None]:
        """Bound the time of who is suspect: the processors may be busy with others for long."""
        try:
            async with asyncio.timeout(self._suspect_seconds):
                yield
        except TimeoutError as error:
            raise Overloaded from error

    async def _prove(
        self, name: str, address: str, password: str, password_hash: str | None
    ) -> bool:
        right = await self.verify(password, password_hash)
        if right:
            self._guesses.end(name, place_of(address))
        return right
