"""The database that a `postgresql://` URL names, and the store that it opens."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    asynccontextmanager,
    closing,
    contextmanager,
)
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self
from urllib.parse import SplitResult, urlsplit

from ecg_service.actors import Threads
from ecg_service.adapters.postgres.audit import PostgresAudit
from ecg_service.adapters.postgres.check import check
from ecg_service.adapters.postgres.contents import contents, fill
from ecg_service.adapters.postgres.ecgs import PostgresEcgs
from ecg_service.adapters.postgres.engine.blocking import iterate, run
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.presence import Presence
from ecg_service.adapters.postgres.grants import PostgresGrants
from ecg_service.adapters.postgres.identities import PostgresIdentities
from ecg_service.adapters.postgres.insights import PostgresInsights
from ecg_service.adapters.postgres.schema.migrations import exists, migrate, require_current
from ecg_service.adapters.postgres.schema.partitions import make_partitions
from ecg_service.adapters.postgres.users import PostgresUsers
from ecg_service.adapters.urls import shown
from ecg_service.domain.errors import EcgError
from ecg_service.ports.copies import Contents, Copying, VerifyBlob
from ecg_service.ports.store import Checked, Database, SharedDatabase, StoreStatistics

DEFAULTS = Limits()
UPKEEP_SECONDS = 60.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PostgresStore:
    """The repositories of one database."""

    ecgs: PostgresEcgs
    insights: PostgresInsights
    users: PostgresUsers
    identities: PostgresIdentities
    grants: PostgresGrants
    audit: PostgresAudit
    statistics: Callable[[], StoreStatistics]

    @classmethod
    @asynccontextmanager
    async def open(cls, url: str, limits: Limits = DEFAULTS) -> AsyncGenerator["PostgresStore"]:
        """Open the migrated database until the block ends; other processes may have it open too."""
        presence = Presence(url, limits)
        reading = Threads(
            "postgres-read", size=limits.reader_threads, capacity=limits.waiting_reads
        )
        preparing = Threads("postgres-write", size=1, capacity=limits.waiting_writes)
        async with _engine(url, limits) as engine, presence.shown():
            upkeep = asyncio.create_task(_keep_up(engine, presence))
            with closing(reading), closing(preparing):
                try:
                    yield cls(
                        PostgresEcgs(engine, reading, preparing),
                        PostgresInsights(engine, presence.number),
                        PostgresUsers(engine),
                        PostgresIdentities(engine),
                        PostgresGrants(engine),
                        PostgresAudit(engine),
                        engine.statistics,
                    )
                finally:
                    upkeep.cancel()
                    await asyncio.wait([upkeep])


@asynccontextmanager
async def _engine(url: str, limits: Limits) -> AsyncGenerator[Engine]:
    async with Engine.opened(url, limits) as engine:
        await engine.read(require_current)
        yield engine


async def _keep_up(engine: Engine, presence: Presence) -> None:
    """Make partitions before their month begins, and renew what other processes see of this one."""
    while True:
        await asyncio.sleep(UPKEEP_SECONDS)
        try:
            await presence.renew()
            await engine.alone(make_partitions)
        except EcgError as error:
            logger.warning("the upkeep of the database failed: %s", type(error).__name__)


@dataclass(frozen=True)
class SharedPostgres(SharedDatabase):
    """A database that its server shares out."""

    opened: Callable[[], AbstractAsyncContextManager[PostgresStore]]

    @property
    def is_replaced(self) -> bool:
        return False

    def open(self) -> AbstractAsyncContextManager[PostgresStore]:
        return self.opened()

    def renew(self) -> None:
        pass


def _has_port(parts: SplitResult) -> bool:
    """Whether the port is a number, or left out."""
    try:
        _ = parts.port
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class PostgresDatabase(Database):
    """A database on a server, or the schema of one that `?search_path=` names."""

    url: str
    backup_at: Callable[[Path], Database]
    """The file of another kind of database, which a backup of this one is."""
    limits: Limits = DEFAULTS

    @classmethod
    def from_url(
        cls, url: str, backup_at: Callable[[Path], Database], limits: Limits = DEFAULTS
    ) -> Self:
        """Return the database; raises `ValueError` for a URL that names none.

        Everything else in it is the driver's: `?sslmode=verify-full`, `?passfile=`, `?host=`.
        """
        parts = urlsplit(url)
        if not parts.path.strip("/") or parts.fragment or "@" in parts.path or not _has_port(parts):
            raise ValueError(
                "a URL of PostgreSQL ends in the name of a database, its port is a number, and its"
                " user and password have / as %2F, ? as %3F and # as %23"
            )
        return cls(url, backup_at, limits)

    def __str__(self) -> str:
        """Return the URL without its user, password and parameters."""
        return shown(self.url)

    @property
    def is_persistent(self) -> bool:
        return True

    @property
    def is_served(self) -> bool:
        return True

    def exists(self) -> bool:
        return run(exists(self.url, self.limits))

    def migrate(self) -> list[str]:
        return run(migrate(self.url, self.limits))

    def open(self) -> AbstractAsyncContextManager[PostgresStore]:
        return PostgresStore.open(self.url, self.limits)

    @contextmanager
    def shared(self) -> Generator[SharedDatabase]:
        yield SharedPostgres(self.open)

    def open_beside(self) -> AbstractAsyncContextManager[PostgresStore]:
        return self.open()

    def check(self, verify_blob: VerifyBlob, checked: Checked) -> Iterator[str]:
        return iterate(lambda: check(self.url, self.limits, verify_blob, checked))

    def backup(self, to: Path, copying: Copying) -> Checked:
        with self.contents() as held:
            return self.backup_at(to).fill(held, copying)

    def restore(self, backup: Path, copying: Copying) -> Checked:
        """Fill the database from a copy of the backup, since one of an earlier release is migrated first."""
        with TemporaryDirectory(dir=backup.parent, prefix=f"{backup.name}.") as folder:
            copy = self.backup_at(Path(folder) / backup.name)
            copy.restore(backup, copying)
            with copy.contents() as held:
                self.migrate()
                return fill(self.url, self.limits, held, copying, replace=copying.force)

    def contents(self) -> AbstractContextManager[Contents]:
        return contents(self.url, self.limits)

    def fill(self, contents: Contents, copying: Copying) -> Checked:
        self.migrate()
        return fill(self.url, self.limits, contents, copying)

    def admin_password_file(self) -> Path:
        """Return a file in the working directory, named after the database."""
        name = Path(urlsplit(self.url).path).name or "ecg"
        return Path(f"{name}.admin-password").resolve()
