"""Stores a batch of ECGs: two statements and two binary COPYs for all, in one transaction."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from functools import partial
from operator import attrgetter
from uuid import UUID

from ecg_service.adapters.outcomes import GaveWay
from ecg_service.adapters.postgres.backfill import LOCK_BACKFILLS, REWIND, sealed_position
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.tables import ECGS, INSIGHTS, KEYS
from ecg_service.adapters.postgres.users import LOCK_USERS
from ecg_service.adapters.rows import ecgs, insights, keys
from ecg_service.domain.audit.events import of_ecgs
from ecg_service.domain.errors import Damaged, DamagedEcg, DamagedKey, NotFound
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.together import require_all

Name = tuple[str, str]
"""An owner and a name of theirs."""
Known = IdAndFingerprint | DamagedEcg | DamagedKey

LOCK = f"{LOCK_USERS}; {LOCK_BACKFILLS}"
# All that the batch asks about: each statement takes a round trip.
LOOK = f"""
    WITH rewound AS ({REWIND})
    SELECT pg_current_xact_id()::text,
    ARRAY(SELECT ROW(name, epoch) FROM users WHERE name = ANY($3::bytea[])),
    ARRAY(
        SELECT ROW({", ".join(f"found.{name}" for name in KEYS.names)})
        FROM unnest($4::bytea[], $5::bytea[]) AS asked (owner, name)
        JOIN idempotency_keys AS found ON (found.owner, found.key) = (asked.owner, asked.name)
    ),
    ARRAY(
        SELECT ROW(asked.owner, asked.name, {", ".join(f"found.{name}" for name in ECGS.names)})
        FROM unnest($6::bytea[], $7::bytea[]) AS asked (owner, name)
        JOIN client_ids ON (client_ids.owner, client_ids.client_id) = (asked.owner, asked.name)
        LEFT JOIN ecgs AS found ON found.id = client_ids.ecg_id
    ),
    ARRAY(SELECT id FROM grants WHERE id = ANY($8::uuid[]))
"""  # noqa: S608
# Names in order, so that two transactions wait for each other in one direction only.
TAKE = f"""
    WITH new_keys AS (
        INSERT INTO idempotency_keys ({KEYS.columns})
        SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[], $5::bigint[])
        ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING 1
    ), new_ids AS (
        INSERT INTO client_ids (owner, client_id, ecg_id)
        SELECT * FROM unnest($6::bytea[], $7::bytea[], $8::uuid[])
        ORDER BY 1, 2 ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM new_keys) + (SELECT count(*) FROM new_ids)
"""  # noqa: S608
COLUMNS = [*ECGS.names, *ecgs.BLOB_COLUMNS.split(", ")]
STATUS = "SELECT pg_xact_status($1::text::xid8)"
STORED = "SELECT EXISTS (SELECT FROM ecgs WHERE id = $1)"
TRIES = 5


class _Taken(GaveWay):
    """Another transaction has stored an ECG of the same name meanwhile."""


class Batch:
    """ECGs to be stored in one transaction; made in a thread, where rows are checksummed."""

    def __init__(self, new: Sequence[StoredEcg], *, together: bool) -> None:
        self.new = new
        self._together = together
        # By identity: to hash an id takes as long as to store an insight.
        self._rows = {id(one): (_row(one), _insight_rows(one)) for one in new}
        self._proof: tuple[UUID, str] | None = None

    @property
    def rows(self) -> Sequence[tuple[tuple[object, ...], Sequence[tuple[object, ...]]]]:
        """The row of each ECG, with those of its insights."""
        return [self._rows[id(one)] for one in self.new]

    async def store(self, engine: Engine, *, until: float | None) -> list[Added]:
        """Store them, and look again at the names that others take at the same time."""
        store = partial(
            engine.write,
            self._add,
            locks=LOCK,
            until=until,
            settled=self._settled,
            wrote=lambda _: self._proof is not None,
            note=partial(of_ecgs, self.new),
            adds=True,
        )
        for _ in range(TRIES - 1):
            with suppress(_Taken):
                return await store()
        return await store()

    async def _add(self, connection: Connection) -> list[Added]:
        row = await connection.fetchrow(LOOK, *self._asked())
        transaction, epochs, known_keys, known_ids, grants = row or ("", (), (), (), ())
        ids = {_name(row): _to_ecg(row) for row in known_ids}
        named = {_name(row): _to_named(row) for row in known_keys}
        fresh, answers = sift(
            self.new,
            find_id=lambda owner, name: ids.get((owner, name)),
            find_key=lambda owner, name: named.get((owner, name)),
            epoch_of={name.decode(): epoch for name, epoch in epochs}.get,
            has_grant={*grants}.__contains__,
        )
        if self._together:
            require_all(answers)
        if fresh:
            self._proof = fresh[0].ecg.id, transaction
            await self._store(connection, fresh)
        return answers

    def _asked(self) -> Iterable[object]:
        senders = {one.sender.name for one in self.new if one.sender}
        asked_keys = [(one.ecg.owner, one.key) for one in self.new if one.key is not None]
        asked_ids = [(one.ecg.owner, one.ecg.client_id) for one in self.new if _has_name(one)]
        yield from sealed_position(min((one.ecg.id for one in self.new), key=attrgetter("int")))
        yield [name.encode() for name in senders]
        for asked in (asked_keys, asked_ids):
            yield [owner.encode() for owner, _ in asked]
            yield [(name or "").encode() for _, name in asked]
        yield [*{one.sender.grant for one in self.new if one.sender and one.sender.grant}]

    async def _store(self, connection: Connection, fresh: Sequence[StoredEcg]) -> None:
        await self._take_names(connection, fresh)
        rows = [self._rows[id(one)] for one in fresh]
        ecg_rows = [row for row, _ in rows]
        await connection.copy_records_to_table(ECGS.name, records=ecg_rows, columns=COLUMNS)
        kept = [row for _, insight_rows in rows for row in insight_rows]
        if kept:
            await connection.copy_records_to_table(
                INSIGHTS.name, records=kept, columns=INSIGHTS.names
            )

    async def _take_names(self, connection: Connection, fresh: Sequence[StoredEcg]) -> None:
        new_keys = [KEYS.stored(keys.to_row(one)) for one in fresh if one.key is not None]
        new_ids = [_name_row(one) for one in fresh if _has_name(one)]
        names = len(new_keys) + len(new_ids)
        columns = *_columns(new_keys, len(KEYS.names)), *_columns(new_ids, 3)
        if names and await connection.fetchval(TAKE, *columns) < names:
            raise _Taken("others store ECGs of the same names")

    async def _settled(self, connection: Connection) -> bool | None:
        if self._proof is None:
            return True  # nothing was to be stored
        first, transaction = self._proof
        # Before the look at what is stored: a transaction that has ended then is seen by it.
        if await connection.fetchval(STATUS, transaction) == "in progress":
            return None
        # A server that has crashed may give the number of a lost transaction to another: only
        # what is stored proves that this one was committed.
        return bool(await connection.fetchval(STORED, first))


def _row(one: StoredEcg) -> tuple[object, ...]:
    *row, blob, checksum = ecgs.to_row(one, one.blob)
    return (*ECGS.stored(row), blob, checksum)


def _insight_rows(one: StoredEcg) -> list[tuple[object, ...]]:
    return [INSIGHTS.stored(insights.to_row(record)) for record in one.insights]


def _name_row(one: StoredEcg) -> tuple[object, ...]:
    return one.ecg.owner.encode(), (one.ecg.client_id or "").encode(), one.ecg.id


def _has_name(one: StoredEcg) -> bool:
    return one.ecg.client_id is not None


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[place] for row in rows] for place in range(width)]


def _name(row: Record) -> Name:
    owner, name, *_ = row
    return owner.decode(), name.decode()


def _to_named(row: Record) -> IdAndFingerprint | DamagedKey:
    with suppress(Damaged):
        return keys.to_named(KEYS.read(row, DamagedKey))
    return DamagedKey()


def _to_ecg(row: Record) -> IdAndFingerprint | DamagedEcg:
    owner, _, ecg_id, *others = row
    with suppress(Damaged, NotFound):
        if ecg_id is not None:
            found = ECGS.read((ecg_id, *others), DamagedEcg)
            return ecgs.to_ecg(found, owner.decode()).id, found[ecgs.FINGERPRINT]
    return DamagedEcg("the ECG of this id is damaged")
