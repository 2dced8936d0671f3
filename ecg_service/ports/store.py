"""The database that a URL names, and the store that it opens."""

import math
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from ecg_service.ports.audit import AuditRepository
from ecg_service.ports.copies import Contents, Copying, VerifyBlob
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.grants import GrantRepository
from ecg_service.ports.identities import IdentityRepository
from ecg_service.ports.insights import InsightRepository
from ecg_service.ports.users import UserRepository


class CacheStatistics(Struct, frozen=True):
    """How often single ECGs were found in the cache, and how many of its calls failed."""

    hits: int
    misses: int
    errors: int
    is_reachable: bool


class FailedWrite(Struct, frozen=True):
    """A write that the store failed: the `time.monotonic()` of its end, and why."""

    at: float
    reason: str


class StoreStatistics(Struct, frozen=True):
    """How much an opened store has to do, and how its writes went since its opening.

    `log_bytes` is how long the write-ahead log was after the last commit, and `last_added` the
    `time.monotonic()` of the last that added ECGs. `cache` is of the cache before the store, if any.
    """

    waiting_reads: int = 0
    waiting_writes: int = 0
    commits: int = 0
    log_bytes: int = 0
    last_added: float = -math.inf
    failures: int = 0
    last_failure: FailedWrite | None = None
    cache: CacheStatistics | None = None


class Checked(Struct):
    """How much of a database a check has read so far."""

    ecgs: int = 0
    samples: int = 0
    insights: int = 0
    users: int = 0
    idempotency_keys: int = 0
    grants: int = 0
    audit_rows: int = 0


class Store(Protocol):
    """The repositories of one open database."""

    @property
    def ecgs(self) -> EcgRepository: ...
    @property
    def insights(self) -> InsightRepository: ...
    @property
    def users(self) -> UserRepository: ...
    @property
    def identities(self) -> IdentityRepository: ...
    @property
    def grants(self) -> GrantRepository: ...
    @property
    def audit(self) -> AuditRepository: ...

    def statistics(self) -> StoreStatistics:
        """Return how much there is to do."""
        ...


class SharedDatabase(Protocol):
    """A migrated database that a process holds for those that it forks, which open it."""

    def open(self) -> AbstractAsyncContextManager[Store]:
        """Open the database until the block ends, in one of these processes."""
        ...

    @property
    def is_replaced(self) -> bool:
        """Whether another database has its name now, which is not held yet."""
        ...

    def renew(self) -> None:
        """Hold the database that has the name now; no process may have it open."""
        ...


class Database(Protocol):
    """A database named by a URL, not yet open; `str` returns its name for messages.

    Every method may raise `StorageUnavailable`.
    """

    @property
    def is_persistent(self) -> bool:
        """Whether the data outlive the process that opened the database.

        Only a persistent database can be checked, backed up, or opened beside a running service.
        """
        ...

    @property
    def is_served(self) -> bool:
        """Whether a server lets any process open the database, beside others and on any machine."""
        ...

    def exists(self) -> bool:
        """Whether the database exists; `migrate` creates it."""
        ...

    def migrate(self) -> list[str]:
        """Bring the schema up to date; return the names of the steps that were missing."""
        ...

    def open(self) -> AbstractAsyncContextManager[Store]:
        """Open the migrated database until the block ends; for this process alone if it is not served."""
        ...

    def shared(self) -> AbstractContextManager[SharedDatabase]:
        """Hold the migrated database for the processes that this one forks in the block."""
        ...

    def open_beside(self) -> AbstractAsyncContextManager[Store]:
        """Open the migrated database for a short while; a service may have it open."""
        ...

    def check(self, verify_blob: VerifyBlob, checked: Checked) -> Iterator[str]:
        """Yield a sentence, with the place, for each damage, and count in `checked` what was read.

        Safe beside a running service.
        """
        ...

    def backup(self, to: Path, copying: Copying) -> Checked:
        """Write all that is committed now to one file, which is there as a whole or not at all.

        Safe beside a running service. Returns what the backup holds.
        Raises `Conflict` if the file may not be written, and `Damaged` if a copy would be.
        """
        ...

    def restore(self, backup: Path, copying: Copying) -> Checked:
        """Put a copy of the backup, of this or an earlier release, in the place of the database.

        Refused while a service runs. Returns what the database holds; raises what `backup` does.
        """
        ...

    def contents(self) -> AbstractContextManager[Contents]:
        """Return all that is committed now, to be read in the block.

        Safe beside a running service. Raises `Damaged` while it is read if a text of it is none.
        """
        ...

    def fill(self, contents: Contents, copying: Copying) -> Checked:
        """Store all of it, with its checksums, in an empty database: all, or nothing.

        Refused while a service runs. Returns what the database holds; raises `Conflict` if it is not
        empty, and `Damaged` if what was copied is.
        """
        ...

    def admin_password_file(self) -> Path:
        """Return the file for the random password of the first admin."""
        ...
