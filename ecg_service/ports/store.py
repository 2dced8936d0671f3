"""What keeps everything: a database that a URL names, and the store it is once opened."""

from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.insights import InsightRepository
from ecg_service.ports.users import UserRepository

VerifyBlob = Callable[[bytes], object]
"""Raises `DamagedEcg` if the blob is not what was packed."""


class StoreStatistics(Struct, frozen=True):
    """How much an opened store has to do; `commits` counts from its opening.

    `log_bytes` is how long the write-ahead log was after the last commit.
    """

    waiting_reads: int = 0
    waiting_writes: int = 0
    commits: int = 0
    log_bytes: int = 0


class Store(Protocol):
    """All repositories, over one opened database."""

    @property
    def ecgs(self) -> EcgRepository: ...
    @property
    def insights(self) -> InsightRepository: ...
    @property
    def users(self) -> UserRepository: ...

    def statistics(self) -> StoreStatistics:
        """Return how much there is to do."""
        ...


class Database(Protocol):
    """What a database URL names, not yet open; `str` of it is its name for people.

    Every method may raise `StorageUnavailable`.
    """

    @property
    def is_persistent(self) -> bool:
        """Whether it outlives the process that opened it.

        Only then is there something to look after, or to reach beside a running service.
        """
        ...

    def exists(self) -> bool:
        """Whether there is one already; `migrate` creates it."""
        ...

    def migrate(self) -> list[str]:
        """Give it the schema of this version; returns the names of the steps that were missing."""
        ...

    def open(self) -> AbstractAsyncContextManager[Store]:
        """Own the migrated database until the block ends."""
        ...

    def open_users(self) -> AbstractAsyncContextManager[UserRepository]:
        """Reach the users only, beside a service that may own the database, for a short while."""
        ...

    def check(self, verify_blob: VerifyBlob) -> Iterator[str]:
        """Yield each damage, with its place, as a sentence; a running service does not mind."""
        ...

    def admin_password_file(self) -> Path:
        """Return where the random password of the first admin is written."""
        ...
