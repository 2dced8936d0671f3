"""The database, who reads it, and the cache before it."""

from dataclasses import dataclass, field

from ecg_service.settings.groups.bounds import DIVIDED, FROM_ZERO


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """`[store]`: the database, the time for a write, room kept for deletions, and backups."""

    database_url: str = "sqlite:///ecg.db"
    max_write_seconds: float = 5.0
    reserve_bytes: int = field(default=16_777_216, metadata=FROM_ZERO)
    max_backup_log_bytes: int = 4_294_967_296


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """`[readers]`: threads that read the store and unpack samples, and how many calls may wait."""

    reader_threads: int = field(default=2, metadata=DIVIDED)
    reader_queue: int = field(default=128, metadata=DIVIDED)


@dataclass(frozen=True, slots=True)
class PostgresSettings:
    """`[postgres]`: connections of one process, and how long they may take."""

    read_connections: int = field(default=4, metadata=DIVIDED)
    write_connections: int = field(default=4, metadata=DIVIDED)
    connect_seconds: float = 5.0
    max_read_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class CacheSettings:
    """`[cache]`: a Redis before the store, if `cache_url` names one; docs/cache.md explains each."""

    cache_url: str | None = None
    cache_seconds: float = 3_600.0
    max_cached_bytes: int = 500_000
    cache_connections: int = field(default=4, metadata=DIVIDED)
    cache_call_seconds: float = 0.1
    cache_connect_seconds: float = 1.0
    cache_retry_seconds: float = 1.0
    cache_trust_seconds: float = 1.0
