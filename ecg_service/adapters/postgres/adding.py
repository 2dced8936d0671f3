"""Stores a batch of ECGs: a few statements for all, of which the large one is a binary COPY."""

from collections.abc import Sequence
from uuid import UUID

from ecg_service.adapters.postgres.backfill import LOCK_BACKFILLS, rewind
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record, count_of
from ecg_service.adapters.postgres.records import insert_records
from ecg_service.adapters.postgres.tables import ECGS, KEYS
from ecg_service.adapters.postgres.users import EPOCHS, LOCK_USERS
from ecg_service.adapters.rows import ecgs, keys
from ecg_service.domain.errors import Damaged, DamagedEcg, DamagedKey, NotFound, StorageUnavailable
from ecg_service.domain.stored import Added, IdAndFingerprint, StoredEcg, sift
from ecg_service.domain.together import require_all

Name = tuple[str, str]
"""An owner and a name of theirs."""
Known = IdAndFingerprint | DamagedEcg | DamagedKey

LOCK = f"{LOCK_USERS}; {LOCK_BACKFILLS}"
TRANSACTION = "SELECT pg_current_xact_id()::text"
# A server that has crashed may give the number of a lost transaction to another: only what is
# stored proves that this one was committed.
SETTLED = """
    SELECT EXISTS (SELECT FROM ecgs WHERE id = $1), pg_xact_status($2::text::xid8)
"""
ASKED = "unnest($1::bytea[], $2::bytea[]) AS asked (owner, name)"
FIND_KEYS = f"""
    SELECT {", ".join("found." + name for name in KEYS.names)} FROM {ASKED}
    JOIN idempotency_keys AS found ON (found.owner, found.key) = (asked.owner, asked.name)
"""  # noqa: S608
FIND_IDS = f"""
    SELECT asked.owner, asked.name, {", ".join("found." + name for name in ECGS.names)} FROM {ASKED}
    JOIN client_ids ON (client_ids.owner, client_ids.client_id) = (asked.owner, asked.name)
    LEFT JOIN ecgs AS found ON found.id = client_ids.ecg_id
"""  # noqa: S608
# In order, so that two transactions wait for each other in one direction only.
TAKE_KEYS = f"""
    INSERT INTO idempotency_keys ({KEYS.columns})
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::uuid[], $4::bytea[], $5::bigint[])
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""  # noqa: S608
TAKE_IDS = """
    INSERT INTO client_ids (owner, client_id, ecg_id)
    SELECT * FROM unnest($1::bytea[], $2::bytea[], $3::uuid[])
    ORDER BY 1, 2 ON CONFLICT DO NOTHING
"""
TRIES = 5


class _Taken(StorageUnavailable):
    """Another transaction has stored an ECG of the same name meanwhile."""


class Batch:
    """ECGs to be stored in one transaction; made in a thread, where rows are checksummed."""

    def __init__(self, new: Sequence[StoredEcg], *, together: bool) -> None:
        self.new = new
        self._together = together
        self._rows = {one.ecg.id: _row(one) for one in new}
        self._proof: tuple[UUID, str] | None = None

    async def store(self, engine: Engine, *, until: float | None) -> list[Added]:
        """Store them, and look again at the names that others take at the same time."""
        for _ in range(TRIES - 1):
            try:
                return await engine.write(self._add, until=until, settled=self._settled)
            except _Taken:
                continue
        return await engine.write(self._add, until=until, settled=self._settled)

    async def _add(self, connection: Connection) -> list[Added]:
        await connection.execute(LOCK)
        known_keys, known_ids = await self._keys(connection), await self._client_ids(connection)
        epochs = await self._epochs(connection)
        fresh, answers = sift(
            self.new,
            find_id=lambda owner, name: known_ids.get((owner, name)),
            find_key=lambda owner, name: known_keys.get((owner, name)),
            epoch_of=epochs.get,
        )
        if self._together:
            require_all(answers)
        if fresh:
            await self._insert(connection, fresh)
        return answers

    async def _insert(self, connection: Connection, fresh: Sequence[StoredEcg]) -> None:
        self._proof = fresh[0].ecg.id, await connection.fetchval(TRANSACTION)
        await _take(connection, TAKE_KEYS, [_key_row(one) for one in fresh if one.key is not None])
        await _take(connection, TAKE_IDS, [_name_row(one) for one in fresh if _has_name(one)])
        await connection.copy_records_to_table(
            ECGS.name,
            records=[self._rows[one.ecg.id] for one in fresh],
            columns=[*ECGS.names, *ecgs.BLOB_COLUMNS.split(", ")],
        )
        await insert_records(connection, [record for one in fresh for record in one.insights])
        await rewind(connection, min(one.ecg.id for one in fresh))

    async def _epochs(self, connection: Connection) -> dict[str, int]:
        senders = {one.sender.name for one in self.new if one.sender}
        if not senders:
            return {}
        rows = await connection.fetch(EPOCHS, [name.encode() for name in senders])
        return {name.decode(): epoch for name, epoch in rows}

    async def _keys(self, connection: Connection) -> dict[Name, Known]:
        asked = [(one.ecg.owner, one.key) for one in self.new if one.key is not None]
        return {_name(row): _to_named(row) for row in await _find(connection, FIND_KEYS, asked)}

    async def _client_ids(self, connection: Connection) -> dict[Name, Known]:
        asked = [(one.ecg.owner, one.ecg.client_id) for one in self.new if _has_name(one)]
        rows = await _find(connection, FIND_IDS, asked)
        return {_name(row): _to_ecg(row) for row in rows}

    async def _settled(self, connection: Connection) -> bool | None:
        if self._proof is None:
            return True  # nothing was to be stored
        row = await connection.fetchrow(SETTLED, *self._proof)
        stored, status = row or (False, None)
        return True if stored else None if status == "in progress" else False


def _row(one: StoredEcg) -> tuple[object, ...]:
    *row, blob, checksum = ecgs.to_row(one)
    return (*ECGS.stored(row), blob, checksum)


def _key_row(one: StoredEcg) -> tuple[object, ...]:
    return KEYS.stored(keys.to_row(one))


def _name_row(one: StoredEcg) -> tuple[object, ...]:
    return one.ecg.owner.encode(), (one.ecg.client_id or "").encode(), one.ecg.id


def _has_name(one: StoredEcg) -> bool:
    return one.ecg.client_id is not None


async def _find(
    connection: Connection, statement: str, asked: Sequence[tuple[str, str | None]]
) -> Sequence[Record]:
    if not asked:
        return []
    owners = [owner.encode() for owner, _ in asked]
    return await connection.fetch(statement, owners, [(name or "").encode() for _, name in asked])


async def _take(connection: Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    if rows:
        tag = await connection.execute(statement, *map(list, zip(*rows, strict=True)))
        if count_of(tag) < len(rows):
            raise _Taken("others store ECGs of the same names")


def _name(row: Record) -> Name:
    owner, name, *_ = row
    return owner.decode(), name.decode()


def _to_named(row: Record) -> IdAndFingerprint | DamagedKey:
    try:
        return keys.to_named(KEYS.read(row, DamagedKey))
    except Damaged:
        return DamagedKey()


def _to_ecg(row: Record) -> IdAndFingerprint | DamagedEcg:
    owner, _, ecg_id, *others = row
    try:
        if ecg_id is not None:
            found = ECGS.read((ecg_id, *others), DamagedEcg)
            return ecgs.to_ecg(found, owner.decode()).id, found[ecgs.FINGERPRINT]
    except (Damaged, NotFound):
        pass
    return DamagedEcg("the ECG of this id is damaged")
