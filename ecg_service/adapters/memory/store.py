"""The database of the URL `memory://`, and the store that it opens."""

import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ecg_service.adapters.memory.audit import MemoryAudit
from ecg_service.adapters.memory.ecgs import EcgsById, MemoryEcgs
from ecg_service.adapters.memory.grants import MemoryGrants
from ecg_service.adapters.memory.identities import MemoryIdentities
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.copies import Contents, Copying, VerifyBlob
from ecg_service.ports.store import Checked, Database, SharedDatabase, StoreStatistics

URL = "memory://"
NOT_KEPT = f"{URL} ends with its process: it cannot be backed up, restored or copied"


@dataclass(frozen=True, slots=True)
class MemoryStore:
    """The repositories in memory."""

    ecgs: MemoryEcgs
    insights: MemoryInsights
    users: MemoryUsers
    identities: MemoryIdentities
    grants: MemoryGrants
    audit: MemoryAudit

    def statistics(self) -> StoreStatistics:
        """Return zeros: nothing waits in memory."""
        return StoreStatistics()

    @classmethod
    @asynccontextmanager
    async def open(cls, *, audited: bool = False) -> AsyncGenerator["MemoryStore"]:
        """Open an empty store, whose content ends with the block."""
        stored: EcgsById = {}
        users = MemoryUsers(lambda name: any(one.ecg.owner == name for one in stored.values()))
        audit = MemoryAudit(users, on=audited)
        users.note = audit.note
        yield cls(
            MemoryEcgs(stored, users),
            MemoryInsights(stored),
            users,
            MemoryIdentities(users),
            MemoryGrants(users),
            audit,
        )


@dataclass(frozen=True, slots=True)
class MemoryDatabase(Database):
    """A database that is new and empty each time it is opened."""

    audited: bool = False

    @classmethod
    def from_url(cls, url: str, *, audited: bool = False) -> Self | None:
        """Return the database if the URL names it."""
        return cls(audited) if url == URL else None

    def __str__(self) -> str:
        return URL

    @property
    def is_persistent(self) -> bool:
        return False

    @property
    def is_served(self) -> bool:
        return False

    def exists(self) -> bool:
        return False

    def migrate(self) -> list[str]:
        return []

    def open(self) -> AbstractAsyncContextManager[MemoryStore]:
        return MemoryStore.open(audited=self.audited)

    def shared(self) -> AbstractContextManager[SharedDatabase]:
        raise StorageUnavailable(f"{URL} ends with its process: it has one worker")

    def open_beside(self) -> AbstractAsyncContextManager[MemoryStore]:
        return MemoryStore.open(audited=self.audited)

    def check(self, verify_blob: VerifyBlob, checked: Checked) -> Iterator[str]:
        del verify_blob, checked
        return iter(())

    def backup(self, to: Path, copying: Copying) -> Checked:
        del to, copying
        raise StorageUnavailable(NOT_KEPT)

    def contents(self) -> AbstractContextManager[Contents]:
        raise StorageUnavailable(NOT_KEPT)

    def fill(self, contents: Contents, copying: Copying) -> Checked:
        del contents, copying
        raise StorageUnavailable(NOT_KEPT)

    def restore(self, backup: Path, copying: Copying) -> Checked:
        del backup, copying
        raise StorageUnavailable(NOT_KEPT)

    def admin_password_file(self) -> Path:
        """Return a file in a new folder that only its owner may enter."""
        return Path(tempfile.mkdtemp(prefix="ecg-")) / "admin-password"
