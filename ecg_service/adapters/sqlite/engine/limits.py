"""The limits of an open SQLite store."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one open store.

    At most `readers` reads run at once; `waiting_reads` and `waiting_writes` more may queue and
    the next is refused with `Overloaded`. `busy_seconds` bounds the wait for another process.
    `write_seconds` bounds the time until a write is answered, including all of its waits.
    `wal_bytes` is the size of the write-ahead log from which the writer copies it back into the
    database; while nobody waits to write, after as many as `lull_bytes` since it last did. `max_bytes`, where given, is how large the database may grow before `StorageFull`.
    `reserve_bytes` of the disk are kept for deletions on a full disk. What is done to an `audited` one is noted in it.
    """

    readers: int = 4
    waiting_reads: int = 256
    waiting_writes: int = 64
    busy_seconds: float = 5.0
    write_seconds: float = 5.0
    wal_bytes: int = 64 * MIB
    lull_bytes: int = 8 * MIB
    cache_bytes: int = 32 * MIB
    max_bytes: int | None = None
    reserve_bytes: int = 0
    audited: bool = False
