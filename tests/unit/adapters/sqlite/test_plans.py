"""No statement of the service reads a whole table, so none gets slower as ECGs come in."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from ecg_service.adapters.sqlite import (
    Limits,
    adding,
    backfill,
    grants,
    insights,
    reading,
    removing,
    users,
)
from ecg_service.adapters.sqlite.engine.connections import open_writer
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.rows import insights as insight_rows
from ecg_service.adapters.sqlite.rows import keys, parts

STATEMENTS = {
    "get": reading.GET,
    "page": reading.PAGE,
    "listed": reading.LISTED,
    "find": removing.OF_ALL,
    "find of one": removing.OF_ONE,
    "delete": removing.DELETE,
    "delete mine": removing.DELETE_MINE,
    "whole": reading.WHOLE,
    "get whole": reading.GET_WHOLE,
    "named": adding.NAMED,
    "names": insight_rows.NAMES,
    "one": insight_rows.ONE,
    "all": insight_rows.ALL,
    "parts": parts.SOME,
    "last part": parts.LAST,
    "has parts": parts.HAS_PARTS,
    "remove": parts.REMOVE,
    "leave": parts.LEAVE,
    "keep": parts.KEEP,
    "is leftover": parts.IS_LEFTOVER,
    "key": keys.ONE,
    "forget": keys.FORGET,
    "forget of one": keys.FORGET_OF_ONE,
    "pending": insights.PENDING,
    "overdue": insights.OVERDUE,
    "claimed": insights.CLAIMED,
    "put": insights.PUT,
    "park": insights.PARK,
    "candidates": backfill.CANDIDATES,
    "grant": grants.GET,
    "grants": grants.PAGE,
    "number of grants": grants.COUNT,
    "forget grants": grants.FORGET,
    "remove grant": grants.REMOVE,
    "user": users.GET,
    "users": users.PAGE,
    "epoch": users.EPOCH,
    "any ECG": users.ANY_ECG,
    "remove user": users.REMOVE[0],
}


@pytest.fixture
def connection(path: Path) -> Iterator[apsw.Connection]:
    connection = open_writer(path, Limits())
    yield connection
    connection.close()


def plan(connection: apsw.Connection, statement: str) -> list[str]:
    nothing = (None,) * (statement.count("?"))
    return [row[3] for row in execute(connection, f"EXPLAIN QUERY PLAN {statement}", *nothing)]


@pytest.mark.parametrize("name", STATEMENTS)
def test_searches_and_does_not_sort(connection: apsw.Connection, name: str) -> None:
    steps = plan(connection, STATEMENTS[name])
    allowed = {
        "SCAN insights USING COVERING INDEX insights_pending",
        "CORRELATED SCALAR SUBQUERY 1",  # its steps follow
        "SCALAR SUBQUERY 1",  # likewise
        "LIST SUBQUERY 2",  # likewise
    }
    assert all(step.startswith("SEARCH") or step in allowed for step in steps), steps


def test_backfill_reads_the_index_alone(connection: apsw.Connection) -> None:
    first, _ = plan(connection, backfill.CANDIDATES)
    assert first.startswith("SEARCH ecgs USING COVERING INDEX")


def test_a_page_is_cut_by_its_cursor(connection: apsw.Connection) -> None:
    [step] = plan(connection, reading.PAGE)
    assert "(owner=? AND date>? AND (date,id)<(?,?))" in step
