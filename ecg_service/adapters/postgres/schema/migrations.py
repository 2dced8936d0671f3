"""Migrations, which bring a database to the schema of this version."""

from importlib import import_module

from ecg_service.adapters.postgres.engine.connections import session
from ecg_service.adapters.postgres.engine.errors import translate_errors
from ecg_service.adapters.postgres.engine.limits import Limits
from ecg_service.adapters.postgres.engine.sql import Connection, connect
from ecg_service.adapters.postgres.schema.partitions import make_partitions
from ecg_service.domain.errors import SchemaOutdated, StorageUnavailable

HEAD = "0006_pack_audit"
"""The last step, so that a service whose database is up to date need not import alembic."""

MIGRATION_SECONDS = 3600.0
"""For a step, or until another process that migrates is done."""

IS_MIGRATED = "SELECT to_regclass('alembic_version') IS NOT NULL"
VERSION = "SELECT version_num FROM alembic_version"


async def version_of(connection: Connection) -> str | None:
    """Return the last step that was applied, if any was."""
    if not await connection.fetchval(IS_MIGRATED):
        return None
    return await connection.fetchval(VERSION)


async def require_current(connection: Connection) -> None:
    """Raise `StorageUnavailable` if the database needs a migration first, or is too new."""
    found = await version_of(connection)
    if found is not None and found > HEAD:
        raise StorageUnavailable(f"the database is of a newer version: it has {found}")
    if found != HEAD:
        raise SchemaOutdated("the database")


async def exists(url: str, limits: Limits) -> bool:
    """Whether there is a database that was migrated."""
    return await _version(url, limits) is not None


async def migrate(url: str, limits: Limits) -> list[str]:
    """Bring the database to the schema of this version, and make the next months' partitions.

    Returns the names of the steps that were missing. All steps run in one transaction, so a
    migration that is killed has changed nothing, and of several at once one runs them.
    """
    applied: list[str] = []
    if await _version(url, limits) != HEAD:
        upgrade = import_module("ecg_service.adapters.postgres.schema.alembic").upgrade
        with translate_errors(url):
            applied = await upgrade(url, session(MIGRATION_SECONDS), seconds=limits.connect_seconds)
    with translate_errors(url):
        connection = await connect(
            url, session(limits.write_seconds), seconds=limits.connect_seconds
        )
        try:
            await make_partitions(connection)
        finally:
            connection.terminate()
    return applied


async def _version(url: str, limits: Limits) -> str | None:
    with translate_errors(url):
        connection = await connect(
            url, session(limits.read_seconds), seconds=limits.connect_seconds
        )
        try:
            return await version_of(connection)
        finally:
            connection.terminate()
