"""Hashes passwords by Argon2id, off the event loop."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from ecg_service.actors import Threads
from ecg_service.adapters.threads import in_thread
from ecg_service.ports.users import PasswordHasher

P = ParamSpec("P")
T = TypeVar("T")


class Argon2Passwords(PasswordHasher):
    """Hashes with the minimum parameters of OWASP's Password Storage Cheat Sheet.

    19 MiB, two passes, one lane: a verification takes about 20 ms, so `VerifiedCredentials`
    remembers it.
    """

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._argon2 = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1)])
        self._nobody = self._argon2.hash("a user who does not exist")

    async def hash(self, password: str) -> str:
        return await self._run(self._argon2.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        right = await self._run(self._argon2.verify, password, password_hash or self._nobody)
        return right and password_hash is not None

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_thread(self._threads, function, *args, **kwargs)
