"""How far a backfill has come."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from ecg_service.domain.insights import is_due

Id = TypeVar("Id")

BATCH_SIZE = 2_000
"""ECGs examined per transaction, which takes a few milliseconds."""


class Progress(NamedTuple):
    """For how many ECGs a step made the insight pending, and whether it was the last step."""

    made: int
    finished: bool


def first_lacking(
    rows: Sequence[tuple[Id, int | None]], version: int, limit: int
) -> tuple[list[Id], int]:
    """Return at most `limit` ECGs that lack the version, and how many rows were examined.

    A row is an id and the stored version of the insight.
    """
    lacking: list[Id] = []
    for seen, (ecg_id, stored) in enumerate(rows):
        if len(lacking) == limit:
            return lacking, seen
        if is_due(stored, version):
            lacking.append(ecg_id)
    return lacking, len(rows)
