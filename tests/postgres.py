"""A PostgreSQL server that is there, and an empty schema of it for each test."""

import os
import secrets
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TypeVar

import pytest

from ecg_service.adapters.postgres.engine.blocking import run
from ecg_service.adapters.postgres.engine.sql import (
    LOST,
    Connection,
    PostgresError,
    Record,
    connect,
)
from ecg_service.bootstrap.stores import database_from_url

T = TypeVar("T")

TABLES = [
    "users",
    "identities",
    "ecgs",
    "client_ids",
    "insights",
    "idempotency_keys",
    "backfills",
    "pings",
    "grants",
    "audit_blocks",
    "audit_cuts",
    "audit_names",
]
URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


_empty: list[str] = []
"""Schemas with tables and nothing in them, by their URL, for the next tests of this process."""
_kept = ExitStack()


@contextmanager
def new_schema() -> Generator[str]:
    """Yield the URL of a new schema; drop it after the block, with all that it holds."""
    require_postgres()
    name = f"test_{secrets.token_hex(8)}"
    execute(f"CREATE SCHEMA {name}")
    try:
        yield f"{URL}?search_path={name}"
    finally:
        execute(f"DROP SCHEMA {name} CASCADE")


@contextmanager
def empty_schema() -> Generator[str]:
    """Yield the URL of a migrated schema, and empty it after the block: a new one takes longer."""
    if not _empty:
        url = _kept.enter_context(new_schema())
        database_from_url(url).migrate()
        _empty.append(url)
    url = _empty.pop()
    yield url
    execute(*(f"DELETE FROM {table}" for table in TABLES), url=url)
    _empty.append(url)


def drop_schemas() -> None:
    """Drop what is kept for the next test."""
    _empty.clear()
    _kept.close()


def require_postgres() -> None:
    """Skip the test if there is no server; in CI that is a failure."""
    if reason := _missing():
        pytest.skip(f"needs PostgreSQL at {URL} (TEST_POSTGRES_URL): {reason}")


@cache
def _missing() -> str | None:
    try:
        execute("SELECT 1")
    except (PostgresError, *LOST) as error:
        return type(error).__name__
    return None


def execute(*statements: str, url: str = URL) -> None:
    """Run statements in one transaction, which is not waited for until it is on disk."""
    _connected(url, lambda connection: connection.execute("; ".join(statements)))


def fetch(statement: str, *, url: str = URL) -> list[Record]:
    """Return the rows of a statement."""
    return _connected(url, lambda connection: connection.fetch(statement))


def _connected(url: str, work: Callable[[Connection], Awaitable[T]]) -> T:
    async def connected() -> T:
        connection = await connect(url, {"synchronous_commit": "off"}, seconds=5)
        try:
            return await work(connection)
        finally:
            connection.terminate()

    return run(connected())
