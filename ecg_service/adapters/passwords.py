"""Hashes passwords by Argon2id, off the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ecg_service.actors import Threads
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.errors import DamagedUser
from ecg_service.ports.users import PasswordHasher

P = ParamSpec("P")
T = TypeVar("T")


MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
NOBODY = (
    f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}"
    "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
)
"""A hash of no password that anybody knows, which takes as long to compare with."""


class Argon2Passwords(PasswordHasher):
    """Hashes with the minimum parameters of OWASP's Password Storage Cheat Sheet.

    19 MiB, two passes, one lane: a verification takes about 20 ms, so `VerifiedCredentials`
    remembers it. A hash that says to take more is damaged, and is not tried.
    """

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        hasher = Argon2Hasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._argon2 = PasswordHash([hasher])

    async def hash(self, password: str) -> str:
        return await self._run(self._argon2.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        right = await self._run(self._argon2.verify, password, bounded(password_hash))
        return right and password_hash is not None

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_thread(self._threads, function, *args, **kwargs)


def bounded(password_hash: str | None) -> str:
    """Return what to compare a password with; raises `DamagedUser` for a hash that is not tried."""
    if password_hash is None:
        return NOBODY
    _require_bounded(password_hash)
    return password_hash


def _require_bounded(password_hash: str) -> None:
    """Raise `DamagedUser` for what is no hash, or one that takes more than those made here."""
    try:
        asked = extract_parameters(password_hash)
    except InvalidHashError as error:
        raise DamagedUser("the password hash cannot be read") from error
    costs = ((asked.memory_cost, MEMORY_KIB), (asked.time_cost, PASSES), (asked.parallelism, LANES))
    if not all(0 < cost <= most for cost, most in costs):
        raise DamagedUser("the password hash asks for too much")
