"""Requests and the ECGs in them, until they are stored."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, divided


@dataclass(frozen=True, slots=True)
class EdgeSettings:
    """`[edge]`: limits of requests and answers, and of the memory of all bodies in flight."""

    max_body_bytes: int = 10_000_000
    """Larger request bodies are 413."""
    max_inflation: int = 100
    """To how many bytes one byte of a gzip or zstd body may inflate, beyond 1,000,000."""
    max_body_seconds: float = 30.0
    """The time until the last byte of a body."""
    max_bytes_in_flight: int = divided(256_000_000)
    """Memory of all bodies that are read or wait to be stored; more are 503."""
    max_page_bytes: int = 1_000_000
    """Bytes of a page of ECGs: the ECG that reaches it is the last one."""
    max_wait: int = bounded(30, least=0)
    """The most seconds that `Prefer: wait` is granted."""
    cors_origins: str = ""
    """The origins, with commas between them, whose pages may [use the API](browsers.md), such as `https://ward.example`; none by default."""


@dataclass(frozen=True, slots=True)
class IngestSettings:
    """`[ingest]`: the mailbox of ECGs to store, how many are stored at once, and their leads."""

    max_leads: int = 256
    """The leads of an ECG; more are 422."""
    ingest_mailbox: int = divided(1024)
    """How many ECGs may wait to be stored; more are 503."""
    ingest_batch: int = 32
    """How many ECGs are stored in one transaction."""
    ingest_wait_seconds: float = 0.25
    """An ECG that is expected to wait longer than this to be stored is 503."""
    long_body_bytes: int = 10_000_000
    """Larger bodies are read and stored beside the others, one at a time."""
    long_mailbox: int = divided(16)
    """How many of those may wait; more are 503."""
    max_long_seconds: float = 60.0
    """The time from the last byte of such a body to its answer."""
    idempotency_seconds: float = 86_400.0
    """How long an `Idempotency-Key` is remembered."""
    idempotency_sweep_seconds: float = 60.0
    """The pause between two sweeps for keys that may be forgotten."""


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """`[batch]`: how many items of a request are stored at once, how long one waits for room."""

    batch_window: int = 32
    """How many items of one batch are in flight; while there are as many its body is not read."""
    batch_wait_seconds: float = 5.0
    """How long an item of a batch waits for room; then it is 503."""
    max_batch_items: int = 10_000
    """The items of a batch; the next one is 413."""
    max_atomic_items: int = 1_000
    """The items of a batch with `atomic=true`, which are stored in one transaction."""
