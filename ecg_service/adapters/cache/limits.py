"""The limits of a cache."""

from dataclasses import dataclass

from ecg_service.adapters.redis.limits import CallLimits


@dataclass(frozen=True, slots=True)
class Limits(CallLimits):
    """Limits of the cache of one process, beside those of its calls.

    An entry of at most `max_bytes` is kept for `entry_seconds`. After a failure all is read from the
    store until a connection is made. `trust_seconds` is how long a generation of the store is trusted,
    and how long whoever cannot reach the server waits for it to be forgotten.
    `reader_threads` make what is found into answers, and `waiting_reads` more may queue for them.
    """

    entry_seconds: float = 3_600.0
    max_bytes: int = 500_000
    trust_seconds: float = 1.0
    reader_threads: int = 2
    waiting_reads: int = 128
