"""All settings in groups. Sizes are bytes, times are seconds; a number must be above 0.

Names are unique over all groups, since variables of the environment do not name the group.
"""

from dataclasses import dataclass, field
from pathlib import Path

from typed_settings import SecretStr
from typed_settings.constants import METADATA_KEY

MAX_PORT = 65_535
MAX_WORKERS = 256

FROM_ZERO = {METADATA_KEY: {"least": 0}}
PERCENT = {METADATA_KEY: {"least": 1, "most": 100}}
WORKERS = {METADATA_KEY: {"least": 1, "most": MAX_WORKERS}}
PORT = {METADATA_KEY: {"least": 0, "most": MAX_PORT}}
"""Metadata of numbers with other bounds than "above 0"; both bounds are allowed values."""
DIVIDED = {METADATA_KEY: {"divided": True}}
"""Metadata of what all workers have together, each an equal part of it."""


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """`[server]`: the socket, the processes, their memory and their end."""

    host: str = "127.0.0.1"
    port: int = field(default=8000, metadata=PORT)  # 0 takes a free one
    workers: int = field(default=1, metadata=WORKERS)
    max_connections: int = field(default=1000, metadata=DIVIDED)
    start_seconds: float = 30.0
    drain_seconds: float = field(default=10.0, metadata=FROM_ZERO)
    trim_seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """`[connections]`: what a connection may take and how long; docs/limits.md explains each."""

    max_head_bytes: int = 32_768
    max_head_fields: int = 100
    max_pipelined: int = 128
    max_unsent_bytes: int = field(default=256_000_000, metadata=DIVIDED)
    first_byte_seconds: float = 5.0
    head_seconds: float = 5.0
    keep_alive_seconds: float = 75.0
    body_grace_seconds: float = 5.0
    min_body_rate: int = 8192  # bytes per second
    answer_seconds: float = 30.0
    linger_seconds: float = 2.0
    last_request_seconds: float = field(default=0.5, metadata=FROM_ZERO)


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`[edge]`: limits of requests and answers, and of the memory of all bodies in flight."""

    max_body_bytes: int = 10_000_000
    max_inflation: int = 100  # bytes for each byte of a gzip or zstd body
    max_body_seconds: float = 30.0
    max_bytes_in_flight: int = field(default=256_000_000, metadata=DIVIDED)
    max_page_bytes: int = 1_000_000
    max_wait: int = field(default=30, metadata=FROM_ZERO)


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """`[ingest]`: the mailbox of ECGs to store, how many are stored at once, and their leads.

    An ECG that is expected to wait longer in the mailbox than `ingest_wait_seconds` is refused.
    Bodies of more than `long_body_bytes` are read and stored beside the others, one at a time.
    Idempotency keys are remembered for `idempotency_seconds`, then forgotten by the next sweep.
    """

    max_leads: int = 256
    ingest_mailbox: int = field(default=1024, metadata=DIVIDED)
    ingest_batch: int = 32
    ingest_wait_seconds: float = 0.25
    long_body_bytes: int = 10_000_000
    long_mailbox: int = field(default=16, metadata=DIVIDED)
    max_long_seconds: float = 60.0
    idempotency_seconds: float = 86_400.0
    idempotency_sweep_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """`[batch]`: how many items of a request are stored at once, how long one waits for room."""

    batch_window: int = 32
    batch_wait_seconds: float = 5.0
    max_batch_items: int = 10_000
    max_atomic_items: int = 1_000


@dataclass(frozen=True, slots=True)
class InsightSettings:
    """`[insights]`: the computation of insights in the background."""

    insight_mailbox: int = field(default=1024, metadata=DIVIDED)
    insight_batch: int = 32
    insight_attempts: int = 3
    insight_delay_seconds: float = field(default=1.0, metadata=FROM_ZERO)
    insight_percent: int = field(default=20, metadata=PERCENT)
    max_backlog_seconds: float = 10.0
    cheap_insight_percent: int = field(default=50, metadata=FROM_ZERO)
    sweep_seconds: float = 5.0
    lease_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class BrokerSettings:
    """`[broker]`: who computes insights in the background, and the broker if others do.

    `tasks` is `in-process` or `celery`.
    """

    tasks: str = "in-process"
    broker_url: str = "amqp://127.0.0.1"
    broker_queue: str = "ecg.insights"
    broker_seconds: float = 2.0


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


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """`[access]`: hashing passwords, and remembering verified credentials."""

    password_threads: int = field(default=2, metadata=DIVIDED)
    password_queue: int = field(default=64, metadata=DIVIDED)
    credential_seconds: float = 300.0
    credential_recheck_seconds: float = 1.0
    max_credentials: int = 10_000


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """`[admin]`: the first admin of an empty database."""

    admin_username: str = "admin"
    admin_password: SecretStr | None = None
    admin_password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of the service."""

    server: ServerSettings = ServerSettings()
    connections: ConnectionSettings = ConnectionSettings()
    edge: EdgeSettings = EdgeSettings()
    ingest: IngestSettings = IngestSettings()
    batch: BatchSettings = BatchSettings()
    insights: InsightSettings = InsightSettings()
    broker: BrokerSettings = BrokerSettings()
    store: StoreSettings = StoreSettings()
    readers: ReaderSettings = ReaderSettings()
    postgres: PostgresSettings = PostgresSettings()
    cache: CacheSettings = CacheSettings()
    access: AccessSettings = AccessSettings()
    admin: AdminSettings = AdminSettings()
