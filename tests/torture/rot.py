"""D6: flip bits of a database; each one that changes what is stored is noticed."""

import random
from contextlib import closing
from pathlib import Path

import apsw

from ecg_service.adapters.core import verify_blob
from ecg_service.adapters.sqlite.check import check
from ecg_service.adapters.sqlite.engine.sql import Row, execute
from ecg_service.domain.errors import EcgError
from tests.torture.files import ECGS, UNREADABLE, content_of_row, opened
from tests.torture.ledger import Account
from tests.torture.power import DATABASE, folder_in_memory

TABLES = ("ecgs", "ecg_parts", "insights", "users", "identities", "idempotency_keys", "grants")


class Flips:
    """Flips one bit after the other, and looks at the database as its readers do."""

    def __init__(self, path: Path, account: Account) -> None:
        self._whole = path.read_bytes()
        self._account = account
        self._rows = _rows(path)

    def run(self, chance: random.Random, count: int) -> dict[str, int]:
        noticed = 0
        with folder_in_memory() as folder:
            for _ in range(count):
                bit = chance.randrange(8 * len(self._whole))
                noticed += self._flip(bit, folder / DATABASE)
        return {"flips": count, "flips noticed": noticed}

    def _flip(self, bit: int, path: Path) -> bool:
        """Return whether the flip is noticed; one that is not must have changed nothing."""
        content = bytearray(self._whole)
        content[bit // 8] ^= 1 << bit % 8
        path.write_bytes(content)
        noticed = _is_reported(path)
        assert noticed or _rows(path) == self._rows, f"bit {bit} is not noticed"
        wrong = [one for one in _contents(path) if one not in self._account.attempts]
        assert not wrong, f"bit {bit} is read as another ECG"
        return noticed


def _is_reported(path: Path) -> bool:
    try:
        return any(check(path, verify_blob))
    except EcgError:
        return True


def _rows(path: Path) -> list[list[Row]] | None:
    try:
        with closing(opened(path)) as connection:
            return [execute(connection, f"SELECT * FROM {table}") for table in TABLES]
    except UNREADABLE:
        return None


def _contents(path: Path) -> list[str]:
    """Return the contents of all ECGs that can be read, row by row."""
    found = list[str]()
    try:
        with closing(opened(path)) as connection:
            for (pk,) in execute(connection, "SELECT pk FROM ecgs NOT INDEXED"):
                found += _content(connection, pk)
    except UNREADABLE:
        pass
    return found


def _content(connection: apsw.Connection, pk: int) -> list[str]:
    try:
        return [content_of_row(row) for row in execute(connection, f"{ECGS} WHERE pk = ?", pk)]
    except UNREADABLE:
        return []
