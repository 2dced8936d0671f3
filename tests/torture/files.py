"""What the files of a database hold, read without the service."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import apsw

import ecg_core
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, COLUMNS, to_blob, to_ecg
from ecg_service.adapters.sqlite.engine.sql import Row, execute
from ecg_service.domain.errors import EcgError
from ecg_service.insights import REGISTRY
from tests.e2e.service import USER
from tests.torture.ledger import Account, content_of

ECGS = f"SELECT {COLUMNS}, {BLOB_COLUMNS} FROM ecgs NOT INDEXED"
INCOMPLETE = """
    SELECT hex(id) FROM ecgs WHERE (SELECT count(*) FROM insights WHERE ecg_id = ecgs.id) <> ?
"""
KEYED = "SELECT ecg_id FROM idempotency_keys"
UNREADABLE = (EcgError, apsw.Error, UnicodeDecodeError, ecg_core.BlobError)


class Contents(NamedTuple):
    """What a database holds: the ids of ECGs by content, those of keys, and what is damaged."""

    stored: Mapping[str, list[str]]
    keyed: AbstractSet[str]
    damage: Sequence[str] = ()

    def findings(self, account: Account) -> list[str]:
        """Compare all that is held with what must and may be."""
        if self.damage:
            return [*self.damage]
        keyless = [
            f"stored without its key: {ids}"
            for content, ids in self.stored.items()
            if account.attempts[content].keyed and any(one not in self.keyed for one in ids)
        ]
        return account.findings(self.stored) + keyless


class Files:
    """Reads databases, and remembers the rows that it has understood."""

    def __init__(self) -> None:
        self._rows: dict[Row, tuple[str, str]] = {}

    def contents(self, path: Path) -> Contents:
        try:
            with closing(opened(path)) as connection:
                keyed = {_id(key) for (key,) in execute(connection, KEYED)}
                return Contents(self._stored(connection), keyed, [*_damage(connection)])
        except UNREADABLE as error:
            return Contents({}, set(), [f"unreadable: {error!r}"])

    def _stored(self, connection: apsw.Connection) -> dict[str, list[str]]:
        stored = defaultdict[str, list[str]](list)
        for row in execute(connection, ECGS):
            if row not in self._rows:
                self._rows[row] = content_of_row(row), _id(row[0])
            content, ecg_id = self._rows[row]
            stored[content].append(ecg_id)
        return stored


def _damage(connection: apsw.Connection) -> Iterator[str]:
    for (problem,) in execute(connection, "PRAGMA integrity_check"):
        if problem != "ok":
            yield f"damaged: {problem}"
    for row in execute(connection, "PRAGMA foreign_key_check"):
        yield f"belongs to nothing: {row}"
    for (key,) in execute(connection, INCOMPLETE, len(REGISTRY)):
        yield f"lacks an insight: {key}"


def _id(key: bytes) -> str:
    return str(UUID(bytes=key))


def content_of_row(row: Row) -> str:
    *columns, blob, checksum = row
    ecg = to_ecg(tuple(columns), USER)
    samples = to_blob((blob, checksum), ecg.id)
    signals = ecg_core.unpack(samples, max_samples=ecg.num_samples)
    leads = [
        {"name": lead.name, "signal": s.to_list(), "baseline": lead.baseline}
        | ({} if lead.missing is None else {"missing": lead.missing})
        for lead, s in zip(ecg.leads, signals, strict=True)
    ]
    return content_of({"id": ecg.client_id, "leads": leads})


def opened(path: Path) -> apsw.Connection:
    """Open a database that is nobody else's, to look at it; the files stay as they are."""
    connection = apsw.Connection(str(path), apsw.SQLITE_OPEN_READWRITE)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    execute(connection, "PRAGMA locking_mode=EXCLUSIVE")  # with the index of the log in memory
    return connection
