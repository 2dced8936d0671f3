"""ECGs in PostgreSQL, each a row with one blob."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from msgspec.structs import replace

from ecg_service.actors import Threads
from ecg_service.adapters.postgres import adding, removing
from ecg_service.adapters.postgres.blobs import BEGINNING, StoredBlob
from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record
from ecg_service.adapters.postgres.records import to_records
from ecg_service.adapters.postgres.tables import ECGS, INSIGHTS
from ecg_service.adapters.postgres.users import LOCK_USERS
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, to_blob, to_ecg
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.audit import actions
from ecg_service.domain.ecg import Cursor, Ecg, UnreadableEcg, fill
from ecg_service.domain.errors import Damaged, DamagedEcg, EcgNotFound, NotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import Added, StoredEcg
from ecg_service.domain.time import from_microseconds, to_microseconds
from ecg_service.ports.core import PackedBlob
from ecg_service.ports.ecgs import EcgRepository, Names, Owned

T = TypeVar("T")

# Another user's ECG is not read, so that it costs what an unknown one does. An owner whom nobody
# knows is damage: of that the true owner is told. One statement, so one snapshot.
GET = f"""
    SELECT {{}} ARRAY(
        SELECT ROW({INSIGHTS.columns}) FROM insights
        WHERE ecg_id = $1 AND ($3::bytea[] IS NULL OR name = ANY($3)) ORDER BY name
    ), {ECGS.columns}
    FROM ecgs WHERE id = $1
    AND (owner = $2 OR NOT EXISTS (SELECT FROM users WHERE users.name = ecgs.owner))
"""  # noqa: S608
BLOBLESS = GET.format("''::bytea, 0,")
WHOLE = GET.format(BLOB_COLUMNS + ",")
PART = GET.format(f"length(blob), {BEGINNING}, blob_checksum,")
PAGE = f"""
    SELECT {ECGS.columns} FROM ecgs WHERE owner = $1 AND date >= $2 AND (date, id) < ($3, $4)
    ORDER BY date DESC, id DESC LIMIT $5
"""  # noqa: S608
GENERATION = "SELECT generation FROM generations"
RENEW_GENERATION = """
    INSERT INTO generations VALUES (1, gen_random_uuid())
    ON CONFLICT (one) DO UPDATE SET generation = excluded.generation
"""
PING = "INSERT INTO pings (content) VALUES ($1)"
# Each ping leaves its own; what another one has locked it deletes itself.
FORGET_PINGS = """
    DELETE FROM pings WHERE id IN (
        SELECT id FROM pings WHERE id < lastval() FOR UPDATE SKIP LOCKED
    )
"""

NIL = UUID(int=0)
EARLIEST = to_microseconds(datetime.min.replace(tzinfo=UTC))
LATEST = to_microseconds(datetime.max.replace(tzinfo=UTC)) + 1
PINGED = bytes(65_536)

logger = logging.getLogger(__name__)


class PostgresEcgs(EcgRepository):
    """The ECGs of a `PostgresStore`."""

    def __init__(self, engine: Engine, reading: Threads, preparing: Threads) -> None:
        self._engine = engine
        self._reading = reading
        self._preparing = preparing

    async def add_read(
        self,
        read: Callable[[], Sequence[StoredEcg]],
        *,
        until: float | None = None,
        together: bool = False,
    ) -> list[Added]:
        batch = await in_thread(self._preparing, lambda: adding.Batch(read(), together=together))
        return await batch.store(self._engine, until=until) if batch.new else []

    async def get(
        self, owner: str, ecg_id: UUID, *, samples: bool = True, insights: Names = None
    ) -> StoredEcg:
        found = await self._select(WHOLE if samples else BLOBLESS, owner, ecg_id, insights)
        return _to_stored(found, owner, insights, samples=samples)

    async def read(
        self,
        owner: str,
        ecg_id: UUID,
        use: Callable[[StoredEcg, PackedBlob], T],
        *,
        insights: Names = None,
    ) -> T:
        _, (size, *found) = await self._select(PART, owner, ecg_id, insights)
        loop = asyncio.get_running_loop()

        def work() -> T:
            stored = _to_stored((ecg_id, found), owner, insights, samples=True)
            blob = StoredBlob(self._engine, loop, ecg_id, stored.blob, size)
            return use(replace(stored, blob=b""), blob)

        return await in_thread(self._reading, work)

    async def page(
        self,
        owner: str,
        *,
        limit: int,
        since: datetime | None = None,
        until: datetime | None = None,
        after: Cursor | None = None,
        max_bytes: int | None = None,
    ) -> list[Ecg | UnreadableEcg]:
        first = EARLIEST if since is None else to_microseconds(since)
        ends = [(LATEST if until is None else to_microseconds(until), NIL)]
        if after is not None:
            ends.append((to_microseconds(after.date), after.id))
        bounds = (owner.encode(), first, *min(ends), limit)
        rows = await self._engine.read(lambda connection: connection.fetch(PAGE, *bounds))
        return [*fill((_listed(row, owner) for row in rows), max_bytes)]

    async def delete(self, owner: str, ecg_id: UUID, *, by: Principal | None = None) -> None:
        work = partial(removing.delete, owner=owner, ecg_id=ecg_id, by=by)
        await self._engine.write(
            work, locks=LOCK_USERS, note=lambda _: [actions.deleted(by, ecg_id)]
        )

    async def find(self, *, before: UUID, owner: str | None = None, limit: int) -> list[Owned]:
        return await self._engine.read(
            partial(removing.find, before=before, owner=owner, limit=limit)
        )

    async def delete_many(self, ecgs: Sequence[Owned]) -> None:
        await self._engine.write(
            partial(removing.delete_all, ids=[ecg_id for _, ecg_id in ecgs]),
            note=lambda _: actions.swept(len(ecgs)),
        )

    async def forget_keys(self, older: UUID, *, owner: str | None = None, limit: int) -> int:
        return await self._engine.write(
            partial(removing.forget_keys, older=older, owner=owner, limit=limit), wrote=bool
        )

    async def generation(self) -> bytes:
        found = await self._engine.read(lambda connection: connection.fetchval(GENERATION))
        return b"" if found is None else found.bytes

    async def renew_generation(self) -> None:
        await self._engine.write(lambda connection: connection.execute(RENEW_GENERATION))

    async def ping(self) -> None:
        async def ping(connection: Connection) -> None:
            await connection.execute(PING, PINGED)
            await connection.execute(FORGET_PINGS)

        await self._engine.write(ping)

    async def _select(
        self, statement: str, owner: str, ecg_id: UUID, insights: Names
    ) -> tuple[UUID, Record]:
        key = (ecg_id, owner.encode(), insights and [name.encode() for name in insights])
        found = await self._engine.read(lambda connection: connection.fetchrow(statement, *key))
        if found is None:
            raise EcgNotFound
        return ecg_id, found


def _to_stored(
    found: tuple[UUID, Record], owner: str, insights: Names, *, samples: bool
) -> StoredEcg:
    ecg_id, (blob, checksum, records, *columns) = found
    ecg = to_ecg(ECGS.read(columns, DamagedEcg), owner)
    blob = to_blob((blob, checksum), ecg_id) if samples else b""
    return StoredEcg(ecg, tuple(to_records(records, all_of=insights is None)), blob)


def _listed(row: Record, owner: str) -> Ecg | UnreadableEcg:
    with suppress(Damaged, NotFound):
        return to_ecg(ECGS.read(row, DamagedEcg), owner)
    ecg_id, _, date, *_ = row
    logger.error("ECG %s is damaged", ecg_id.hex)
    return UnreadableEcg(from_microseconds(date), UUID(bytes=ecg_id.bytes))
