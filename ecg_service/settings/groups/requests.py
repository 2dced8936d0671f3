"""Requests and the ECGs in them, until they are stored."""

from dataclasses import dataclass, field

from ecg_service.settings.groups.bounds import DIVIDED, FROM_ZERO


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
