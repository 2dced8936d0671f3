"""`just bench stages`: what an ECG of a batch takes in each stage of the writing thread, and what it must take at least."""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import apsw
import click
from rich.console import Console
from rich.table import Table

import ecg_core
from benchmarks.service.in_process import measure_in_process
from benchmarks.service.rows import BATCHES, SINGLE, Comparison
from benchmarks.service.servers.processes import SERVER_CPU, pinned
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body
from ecg_service.adapters.rows import ecgs, insights
from ecg_service.adapters.sqlite.adding import INSERT
from ecg_service.adapters.sqlite.engine.connections import open_writer
from ecg_service.adapters.sqlite.engine.limits import Limits
from ecg_service.adapters.sqlite.engine.sql import Row, execute, execute_many
from ecg_service.adapters.sqlite.rows.insights import INSERT as INSERT_INSIGHT
from ecg_service.adapters.sqlite.schema.migrations import migrate
from ecg_service.bootstrap.process import tune
from ecg_service.domain.ids import next_id
from ecg_service.domain.signals import Samples
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.submission import SubmittedEcg, valid_ecg
from ecg_service.formats.json import Json
from ecg_service.insights import REGISTRY
from ecg_service.settings import Settings

BATCH = Settings().ingest.ingest_batch
BARE = "CREATE TABLE bare (id BLOB, leads TEXT, blob BLOB) STRICT"
INTO_BARE = "INSERT INTO bare VALUES (?, ?, ?)"
ID, LEADS, BLOB = 0, 4, 8
"""The indices of these in the row of an ECG."""

Work = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Stage:
    """Work on one batch, for which `prepare` makes what it needs."""

    name: str
    prepare: Callable[[], Work]


@click.command()
@click.option("--rounds", default=300, show_default=True, help="Each measures everything once.")
def stages(*, rounds: int) -> None:
    """Measure the stages of storing ECGs in batches, one core, the database on tmpfs."""
    with pinned({SERVER_CPU}):
        found = {size: _measured(samples, rounds) for size, samples in SIZES.items()}
    table = Table("stage", *SIZES, title=f"µs of the processor for an ECG, in batches of {BATCH}")
    for name in next(iter(found.values())):
        table.add_row(name, *(f"{found[size][name]:.1f}" for size in SIZES))
    table.add_section()
    whole = measure_in_process([Comparison(BATCHES, SINGLE, dict.fromkeys(SIZES))], rounds // 10)
    for (row, size), [least] in whole.items():
        table.add_row(f"the application, {row.name}, {size}", f"{least.microseconds:.1f}")
    Console().print(table)


def _measured(samples: int, rounds: int) -> Mapping[str, float]:
    """Return the least time of each stage."""
    bodies = [body(samples)] * BATCH
    with folder() as place, _opened(place) as connections:
        tune()
        all_stages = [*_reading(bodies), *_storing(bodies, *connections)]
        least = dict.fromkeys((stage.name for stage in all_stages), float("inf"))
        for _ in range(rounds):
            for stage in all_stages:
                least[stage.name] = min(least[stage.name], _seconds(stage.prepare()))
    return {name: 1e6 * seconds / BATCH for name, seconds in least.items()}


def _seconds(work: Work) -> float:
    start = time.thread_time()
    work()
    return time.thread_time() - start


@contextmanager
def _opened(place: Path) -> Generator[Sequence[apsw.Connection]]:
    """Yield a database with the service's tables, and one with a bare one."""
    path, bare = place / "ecg.db", place / "bare.db"
    migrate(path)
    with closing(apsw.Connection(str(bare))) as first:
        execute(first, BARE)
    with closing(open_writer(path, Limits())) as one, closing(open_writer(bare, Limits())) as other:
        yield one, other


def _reading(bodies: Sequence[bytes]) -> list[Stage]:
    return [
        Stage("read_batch of the core", lambda: partial(ecg_core.read_batch, bodies)),
        Stage("and descriptions decoded", lambda: partial(Json().read, bodies, _nothing)),
        Stage("and rules checked, insights computed", lambda: partial(_read, bodies)),
    ]


def _storing(
    bodies: Sequence[bytes], connection: apsw.Connection, bare: apsw.Connection
) -> list[Stage]:
    def rows() -> tuple[list[Row], list[Row]]:
        for one in (connection, bare):
            one.wal_checkpoint()
        return _rows(_read(bodies))

    def into_bare() -> Work:
        few = [(row[ID], row[LEADS], row[BLOB]) for row in rows()[0]]
        return partial(_store, bare, ((INTO_BARE, few),))

    def into_tables() -> Work:
        of_ecgs, of_insights = rows()
        return partial(_store, connection, ((INSERT, of_ecgs), (INSERT_INSIGHT, of_insights)))

    def log() -> Work:
        into_tables()()
        return connection.wal_checkpoint

    return [
        Stage("rows and their checksums made", lambda: partial(_rows, _read(bodies))),
        Stage("rows inserted and committed", into_tables),
        Stage("the log of one batch copied back", log),
        Stage("instead: id, leads and blob without an index", into_bare),
    ]


def _nothing(*_: object) -> None:
    return None


def _read(bodies: Sequence[bytes]) -> list[StoredEcg]:
    return [one for one in Json().read(bodies, _assembled) if isinstance(one, StoredEcg)]


def _assembled(_: int, sent: SubmittedEcg, signals: Sequence[Samples], blob: bytes) -> StoredEcg:
    ecg = valid_ecg(sent, signals, ecg_id=next_id(), owner="bench", received=datetime.now(UTC))
    records = tuple(one.done(ecg, one.compute(ecg, signals)) for one in REGISTRY)
    return StoredEcg(ecg, records, blob)


def _rows(new: Sequence[StoredEcg]) -> tuple[list[Row], list[Row]]:
    records = [record for one in new for record in one.insights]
    return [ecgs.to_row(one, one.blob) for one in new], [*map(insights.to_row, records)]


def _store(connection: apsw.Connection, inserts: Sequence[tuple[str, list[Row]]]) -> None:
    execute(connection, "BEGIN IMMEDIATE")
    for statement, rows in inserts:
        execute_many(connection, statement, rows)
    execute(connection, "COMMIT")
