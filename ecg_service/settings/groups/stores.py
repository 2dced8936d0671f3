"""The database, who reads it, and the cache before it."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, divided, secret


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`[store]`: the database, the time for a write, room kept for deletions, and backups."""

    database_url: str = secret("sqlite:///ecg.db")
    """`sqlite:///PATH`, [`postgresql://USER:PASSWORD@HOST/NAME`](postgresql.md), or `memory://`, which is lost at exit."""
    max_write_seconds: float = 5.0
    """A write, with all of its waits."""
    reserve_bytes: int = bounded(16_777_216, least=0)
    """Room kept on the disk, so that ECGs can be deleted when it is full."""
    max_backup_log_bytes: int = 4_294_967_296
    """The log of SQLite while a backup is made; beyond it the backup ends."""
    retention_seconds: float = bounded(0.0, least=0)
    """How long ECGs are kept after they were received; 0 keeps them for ever."""
    retention_sweep_seconds: float = 60.0
    """How often older ones are deleted, and the log that may hold what was deleted is emptied."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """`[readers]`: threads that read the store and unpack samples, and how many calls may wait."""

    reader_threads: int = divided(2)
    """Threads that read the store and unpack samples."""
    reader_queue: int = divided(128)
    """How many reads may wait; more are 503."""


@dataclass(frozen=True, slots=True)
class PostgresSettings:
    """`[postgres]`: connections of one process, and how long they may take."""

    read_connections: int = divided(4)
    """Connections to PostgreSQL that read."""
    write_connections: int = divided(4)
    """Connections to PostgreSQL that write."""
    connect_seconds: float = 5.0
    """The making of a connection."""
    max_read_seconds: float = 5.0
    """A read, with all of its waits."""


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """`[cache]`: a Redis before the store, if `cache_url` names one; [cache.md](cache.md) explains each."""

    cache_url: str | None = secret(None)
    """A [Redis before the store](cache.md): `redis://USER:PASSWORD@HOST:PORT/DATABASE`, `rediss://…` with TLS, `unix://PATH`."""
    cache_seconds: float = 3_600.0
    """How long an entry is kept."""
    max_cached_bytes: int = 500_000
    """The largest entry."""
    cache_connections: int = divided(4)
    """Connections to Redis."""
    cache_call_seconds: float = 0.1
    """How long a call may hold up a read."""
    cache_connect_seconds: float = 1.0
    """The making of a connection, for which no read waits."""
    cache_retry_seconds: float = 1.0
    """The time from a failure until a connection is tried again."""
    cache_trust_seconds: float = 1.0
    """How often a process that reads asks the store for its generation."""
