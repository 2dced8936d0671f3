"""Rows of a whole database, some at a time."""

from collections.abc import Iterator

from ecg_service.ports.copies import Row

BATCH_ROWS, BATCH_BYTES = 500, 16 * 1024 * 1024
"""What a batch has at most; one ECG may exceed the bytes."""


def batched(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """Yield some rows at a time, not too many and not too large."""
    batch, size = list[Row](), 0
    for row in rows:
        batch.append(row)
        size += size_of(row)
        if len(batch) == BATCH_ROWS or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def size_of(row: Row) -> int:
    """Return about how many bytes a row has."""
    return sum(len(value) for value in row if isinstance(value, bytes | str))
