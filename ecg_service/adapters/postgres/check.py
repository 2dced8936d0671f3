"""Checks a database for damage, with or without running services."""

from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from ecg_service.adapters.postgres.backfill import is_sound
from ecg_service.adapters.postgres.engine.connections import session
from ecg_service.adapters.postgres.engine.errors import reason, translate_errors
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.paging import pages
from ecg_service.adapters.postgres.engine.sql import (
    Connection,
    PostgresError,
    Record,
    connect,
    state_of,
)
from ecg_service.adapters.postgres.records import read_record
from ecg_service.adapters.postgres.schema.migrations import require_current
from ecg_service.adapters.postgres.tables import (
    AUDIT_BLOCKS,
    ECGS,
    GRANTS,
    IDENTITIES,
    INSIGHTS,
    KEYS,
    USERS,
)
from ecg_service.adapters.rows.audit import rows_linked, to_block
from ecg_service.adapters.rows.ecgs import BLOB_COLUMNS, OWNER, to_blob, to_ecg
from ecg_service.adapters.rows.grants import to_grant
from ecg_service.adapters.rows.identities import to_name
from ecg_service.adapters.rows.keys import to_named
from ecg_service.adapters.rows.shown import shown, shown_of_owner, shown_version
from ecg_service.adapters.rows.users import to_user
from ecg_service.domain.audit.blocks import Link
from ecg_service.domain.errors import Damaged, DamagedEcg, DamagedGrant, DamagedKey, DamagedUser
from ecg_service.ports.copies import VerifyBlob
from ecg_service.ports.store import Checked

BATCH_SIZE = 50
"""Rows read in one statement."""


class _Check(NamedTuple):
    """Counts rows, and raises `Damaged` for those that are."""

    verify: VerifyBlob
    checked: Checked

    def user(self, row: Record) -> None:
        self.checked.users += 1
        to_user(USERS.read(row, DamagedUser))

    def identity(self, row: Record) -> None:
        *columns, has_user = row
        to_name(IDENTITIES.read(columns, DamagedUser))
        if not has_user:
            raise DamagedUser("there is no such user")

    def ecg(self, row: Record) -> None:
        self.checked.ecgs += 1
        *columns, blob, checksum, named = row
        found = ECGS.read(columns, DamagedEcg)
        ecg = to_ecg(found, found[OWNER])
        self.checked.samples += self.verify(to_blob((blob, checksum), ecg.id), ecg.num_samples)
        if not named:
            raise DamagedEcg("its id is not among the client ids")

    def name(self, row: Record) -> None:
        if not row[-1]:
            raise Damaged("there is no such ECG")

    def insight(self, row: Record) -> None:
        self.checked.insights += 1
        *columns, has_ecg = row
        read_record(columns)
        if not has_ecg:
            raise Damaged("belongs to an ECG that is not there")

    def backfill(self, row: Record) -> None:
        if not is_sound(row[2:]):
            raise Damaged("the record does not match its checksum")

    def key(self, row: Record) -> None:
        self.checked.idempotency_keys += 1
        to_named(KEYS.read(row, DamagedKey))

    def grant(self, row: Record) -> None:
        self.checked.grants += 1
        to_grant(GRANTS.read(row, DamagedGrant))

    def audited(self, row: Record) -> None:
        *columns, before = row
        block = to_block(AUDIT_BLOCKS.read(columns, Damaged))
        link = Link(block.chain, *before) if before else None
        self.checked.audit_rows += rows_linked(block, link)


def _shown_insight(ecg_id: object, name: bytes) -> str:
    return f"{shown(name)} of ECG {ecg_id}"


class _Table(NamedTuple):
    """What is read of each row, which begins with its key, and how both are shown and checked."""

    name: str
    key: tuple[str, ...]
    columns: str
    shown: Callable[..., str]
    check: Callable[[_Check, Record], None]


TABLES = (
    _Table("users", ("name",), USERS.columns, shown, _Check.user),
    _Table(
        "identities",
        ("issuer", "subject"),
        f"""{IDENTITIES.columns}, EXISTS (
            SELECT FROM users AS u WHERE u.name = identities.name
        )""",
        shown_of_owner,
        _Check.identity,
    ),
    _Table(
        "ecgs",
        ("id",),
        f"""{ECGS.columns}, {BLOB_COLUMNS}, client_id IS NULL OR EXISTS (
            SELECT FROM client_ids AS c
            WHERE (c.owner, c.client_id, c.ecg_id) = (ecgs.owner, ecgs.client_id, ecgs.id)
        )""",
        "id {}".format,
        _Check.ecg,
    ),
    _Table(
        "client_ids",
        ("owner", "client_id"),
        """owner, client_id, EXISTS (
            SELECT FROM ecgs AS e WHERE e.id = ecg_id AND e.client_id = client_ids.client_id
        )""",
        shown_of_owner,
        _Check.name,
    ),
    _Table(
        "insights",
        ("ecg_id", "name"),
        f"{INSIGHTS.columns}, EXISTS (SELECT FROM ecgs WHERE id = ecg_id)",
        _shown_insight,
        _Check.insight,
    ),
    _Table(
        "backfills",
        ("name", "version"),
        "name, version, position, checksum",
        shown_version,
        _Check.backfill,
    ),
    _Table("idempotency_keys", ("owner", "key"), KEYS.columns, shown_of_owner, _Check.key),
    _Table("grants", ("id",), GRANTS.columns, "id {}".format, _Check.grant),
    _Table(
        "audit_blocks",
        ("chain", "number"),
        f"""{AUDIT_BLOCKS.columns}, (
            SELECT ROW(before.number, before.hash) FROM (
                (SELECT number, hash FROM audit_blocks AS a
                 WHERE a.chain = audit_blocks.chain AND a.number < audit_blocks.number
                 ORDER BY number DESC LIMIT 1)
                UNION ALL SELECT number, hash FROM audit_cuts AS c
                WHERE c.chain = audit_blocks.chain AND c.number < audit_blocks.number
            ) AS before ORDER BY number DESC LIMIT 1
        )""",  # noqa: S608
        "{1} of chain {0}".format,
        _Check.audited,
    ),
)


async def check(
    url: str, limits: Limits, verify: VerifyBlob, checked: Checked
) -> AsyncIterator[str]:
    """Yield each problem of the database, with its place, as a sentence.

    Raises `StorageUnavailable` if it cannot be reached at all.
    """
    settings = session(limits.read_seconds, default_transaction_read_only="on")
    with translate_errors(url):
        connection = await connect(url, settings, seconds=limits.connect_seconds)
        try:
            await require_current(connection)
            async for problem in problems(connection, verify, checked):
                yield problem
        finally:
            connection.terminate()


async def problems(
    connection: Connection, verify: VerifyBlob, checked: Checked
) -> AsyncIterator[str]:
    """Yield each problem that this connection sees."""
    for table in TABLES:
        async for problem in _problems(connection, table, _Check(verify, checked)):
            yield f"{table.name}{problem}"


async def _problems(connection: Connection, table: _Table, check: _Check) -> AsyncIterator[str]:
    reading = pages(connection, table.name, table.columns, key=table.key, size=BATCH_SIZE)
    try:
        async for rows in reading:
            for row in rows:
                for problem in _problem(table, check, row):
                    yield f" row {table.shown(*row[: len(table.key)])}: {problem}"
    except PostgresError as error:
        if not state_of(error).startswith("XX"):
            raise
        yield f": {reason(error)}; what comes after could not be checked"


def _problem(table: _Table, check: _Check, row: Record) -> list[str]:
    try:
        table.check(check, row)
    except Damaged as error:
        return [str(error)]
    return []
