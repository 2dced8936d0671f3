"""The limits of a cache."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of the cache of one process.

    An entry of at most `max_bytes` is kept for `entry_seconds`. A call of the server may take
    `call_seconds`, with its wait for one of the `connections`, and the making of a connection
    `connect_seconds`; after a failure all is read from the store until a connection is made, which
    is tried each `retry_seconds`. `trust_seconds` is how long a generation of the store is trusted,
    and how long whoever cannot reach the server waits for it to be forgotten.
    `reader_threads` make what is found into answers, and `waiting_reads` more may queue for them.
    """

    entry_seconds: float = 3_600.0
    max_bytes: int = 500_000
    call_seconds: float = 0.1
    connect_seconds: float = 1.0
    retry_seconds: float = 1.0
    trust_seconds: float = 1.0
    connections: int = 4
    reader_threads: int = 2
    waiting_reads: int = 128
