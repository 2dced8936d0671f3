"""How a row stands in a table: as it is sealed, but texts as UTF-8 and ids as such.

PostgreSQL's own text cannot hold NUL, compares by the rules of a language and is as good as the
encoding of the database; bytes compare by code point. Only words of ours are text.
"""

from collections.abc import Sequence
from typing import NamedTuple

from ecg_service.adapters.postgres.engine.sql import Record, id_of
from ecg_service.adapters.rows import audit, ecgs, grants, identities, insights, keys, users
from ecg_service.adapters.rows.sealed import Row, Value
from ecg_service.domain.errors import Damaged


class Table(NamedTuple):
    """A table, its columns, and which of them are texts or an id."""

    name: str
    columns: str
    texts: frozenset[int]
    id: int | None = None

    @property
    def names(self) -> list[str]:
        return self.columns.split(", ")

    def stored(self, row: Sequence[Value]) -> tuple[object, ...]:
        """Return a sealed row as it is stored; raises `UnicodeEncodeError`."""
        stored: list[object] = [*row]
        for place in self.texts:
            if isinstance(text := row[place], str):
                stored[place] = text.encode()
        if self.id is not None:
            stored[self.id] = id_of(row[self.id])  # pyright: ignore[reportArgumentType]
        return tuple(stored)

    def read(self, record: Record, damaged: type[Damaged]) -> Row:
        """Return the sealed row of a record, or raise if a text of it is none."""
        row = list(record)
        try:
            for place in self.texts:
                row[place] = None if row[place] is None else row[place].decode()
        except UnicodeDecodeError as error:
            raise damaged("a text of the record is not UTF-8") from error
        if self.id is not None:
            row[self.id] = row[self.id].bytes
        return tuple(row)


IDENTITIES = Table("identities", identities.COLUMNS, frozenset({0, 1, 2}))
USERS = Table("users", users.COLUMNS, frozenset({0, 2}))
ECGS = Table("ecgs", ecgs.COLUMNS, frozenset({1, 4, 5}), id=0)
INSIGHTS = Table("insights", insights.COLUMNS, frozenset({1, 5, 6}), id=0)
KEYS = Table("idempotency_keys", keys.COLUMNS, frozenset({0, 1}), id=2)
AUDIT_BLOCKS = Table("audit_blocks", audit.COLUMNS, frozenset(), id=0)
AUDIT_CUTS = Table("audit_cuts", audit.CUT_COLUMNS, frozenset(), id=0)
AUDIT_NAMES = Table("audit_names", audit.NAME_COLUMNS, frozenset({0}))
GRANTS = Table("grants", grants.COLUMNS, frozenset({2, 6}), id=0)
