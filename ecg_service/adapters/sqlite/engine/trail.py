"""Appends to the audit trail in the transaction of what it tells of."""

from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar
from uuid import uuid4

import apsw

from ecg_service.adapters.rows.audit import COLUMNS, hidden, names_in, new_id, to_row
from ecg_service.adapters.sqlite.engine.sql import execute, execute_many
from ecg_service.domain.audit.blocks import Link, beginning, continued
from ecg_service.domain.audit.events import Event

P = ParamSpec("P")
T = TypeVar("T")

INSERT = f"INSERT INTO audit_blocks ({COLUMNS}) VALUES (?, ?, ?, ?, ?)"  # noqa: S608
# The end of the last block and the id of the first name, which is mostly the only one.
LAST = """
    SELECT number, hash, (SELECT id FROM audit_names WHERE name = ?2)
    FROM audit_blocks WHERE chain = ?1 ORDER BY number DESC LIMIT 1
"""
CUT = "SELECT number, hash FROM audit_cuts WHERE chain = ?"
ID = "SELECT id FROM audit_names WHERE name = ?"
NEW_ID = """
    INSERT INTO audit_names (name, id) SELECT ?1, ?2 WHERE EXISTS (SELECT 1 FROM users WHERE name = ?1)
    RETURNING id
"""


class Trail:
    """The chain of one opened store; where it ends, the database says, so that nothing rolled back counts."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._beginning = beginning(uuid4())

    def append(self, connection: apsw.Connection, events: Sequence[Event]) -> None:
        """Append rows, if anything is to be audited."""
        if not self.on or not events:
            return
        names = [*names_in(events)]
        end, first = self._end(connection, names[0] if names else "")
        ids = dict(zip(names, [first], strict=False))

        def id_of(name: str) -> str | None:
            return ids.get(name) or _id_of(connection, name)

        blocks = continued(end, events, hidden(names, id_of))
        execute_many(connection, INSERT, map(to_row, blocks))

    def _end(self, connection: apsw.Connection, name: str) -> tuple[Link, str | None]:
        """Return where the chain ends, and the id of a name if that came along."""
        start = self._beginning
        for number, digest, known in execute(connection, LAST, start.chain.bytes, name):
            return Link(start.chain, number, digest), known
        for number, digest in execute(connection, CUT, start.chain.bytes):
            return Link(start.chain, number, digest), None
        return start, None

    def noting(
        self,
        job: Callable[Concatenate[apsw.Connection, P], T],
        note: Callable[[T], Sequence[Event]],
    ) -> Callable[Concatenate[apsw.Connection, P], T]:
        """Return a job that appends what there is to note of the result."""
        if not self.on:
            return job

        def noted(connection: apsw.Connection, *args: P.args, **kwargs: P.kwargs) -> T:
            result = job(connection, *args, **kwargs)
            self.append(connection, note(result))
            return result

        return noted


def _id_of(connection: apsw.Connection, name: str) -> str | None:
    for statement, values in ((ID, (name,)), (NEW_ID, (name, new_id()))):
        for (found,) in execute(connection, statement, *values):
            return found
    return None
