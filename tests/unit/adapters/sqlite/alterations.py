"""Alters stored rows behind the back of the service."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import apsw

from ecg_service.adapters.sqlite.engine.sql import execute

ALTERATIONS = [
    "owner = 'eve'",
    "owner = owner || ' '",
    "owner = CAST(x'ff' AS TEXT)",
    "date = date + 1",
    "sampling_rate = sampling_rate + 1",
    "sampling_rate = NULL",
    "leads = replace(leads, 'aVR', 'aVL')",
    "leads = '[]'",
    "client_id = '8'",
    "client_id = NULL",
    "fingerprint = x'00'",
    "fingerprint = NULL",
    "checksum = checksum + 1",
]
"""Of the columns of an ECG."""


def alter(path: Path, statement: str) -> None:
    with closing(apsw.Connection(str(path))) as connection:
        execute(connection, statement)


def flips(path: Path, places: Iterable[int]) -> Iterator[int]:
    """Flip bits of each of these bytes of the file in turn."""
    sound = path.read_bytes()
    for place in places:
        damaged = bytearray(sound)
        damaged[place] ^= 0x21
        path.write_bytes(damaged)
        yield place
