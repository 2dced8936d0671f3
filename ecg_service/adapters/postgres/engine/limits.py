"""The limits of an open PostgreSQL store."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one open store.

    It has at most `read_connections` and `write_connections`; `waiting_reads` and `waiting_writes`
    more calls may queue for them and the next is refused with `Overloaded`. `connect_seconds`
    bounds the making of a connection, `read_seconds` a read and `write_seconds` a write, each with
    all of its waits; the server ends statements and idle transactions of the same age.
    `reader_threads` make what is read into answers, and `waiting_reads` more may queue for them.
    What is done to an `audited` one is noted in it.
    """

    read_connections: int = 4
    write_connections: int = 4
    waiting_reads: int = 256
    waiting_writes: int = 64
    connect_seconds: float = 5.0
    read_seconds: float = 5.0
    write_seconds: float = 5.0
    reader_threads: int = 2
    audited: bool = False
