"""Runs the steps with alembic, whose import takes longer than all else at the start of a service."""

from collections.abc import Mapping
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from ecg_service.adapters.postgres.engine.errors import reason
from ecg_service.adapters.postgres.engine.sql import connect
from ecg_service.domain.errors import StorageUnavailable

# Of all processes that migrate the same schema one does, and the others wait.
LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('ecg-service ' || current_schema(), 0))"
VERSION = "SELECT version_num FROM alembic_version"


def head() -> str:
    """Return the name of the last step."""
    return _scripts(Config()).get_current_head() or ""


async def upgrade(url: str, session: Mapping[str, str], *, seconds: float) -> list[str]:
    """Run the missing steps in one transaction; return their names."""

    async def make() -> object:
        return await connect(url, session, seconds=seconds)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=make, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_upgrade)
    except DBAPIError as error:
        cause = error.orig and error.orig.__cause__
        raise StorageUnavailable(f"cannot migrate: {reason(cause or error)}") from error


def _upgrade(connection: Connection) -> list[str]:
    connection.exec_driver_sql(LOCK)
    config = Config(attributes={"connection": connection})
    missing = _missing(_scripts(config), _version(connection))
    if missing:
        command.upgrade(config, "head")
    return missing


def _scripts(config: Config) -> ScriptDirectory:
    folder = Path(__file__).parent
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def _version(connection: Connection) -> str | None:
    if connection.exec_driver_sql("SELECT to_regclass('alembic_version')").scalar() is None:
        return None
    return connection.exec_driver_sql(VERSION).scalar()


def _missing(scripts: ScriptDirectory, version: str | None) -> list[str]:
    known = [script.revision for script in scripts.walk_revisions()][::-1]
    if version is not None and version not in known:
        raise StorageUnavailable(f"the database is of a newer version: it has {version}")
    return known[known.index(version) + 1 :] if version else known
