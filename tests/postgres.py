"""A PostgreSQL server that is there, and an empty schema of it for each test."""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache

import pytest

from ecg_service.adapters.postgres.engine.blocking import run
from ecg_service.adapters.postgres.engine.sql import LOST, PostgresError, connect

URL = os.environ.get("TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")


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
    """Run statements, each in a transaction of its own."""

    async def work() -> None:
        connection = await connect(url, {}, seconds=5)
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            connection.terminate()

    run(work())
