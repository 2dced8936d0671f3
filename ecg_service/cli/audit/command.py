"""`ecg audit`: lists, exports and verifies the audit trail, with or without a running service."""

from collections.abc import Awaitable, Callable
from typing import Any, BinaryIO, TypeVar

import click
import msgspec

from ecg_service.bootstrap.stores import open_beside
from ecg_service.cli.audit.heads import known_in, written
from ecg_service.cli.audit.rows import Wanted, filters, row_of, rows_of
from ecg_service.cli.console import counted, show_table
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.groups import Group
from ecg_service.cli.options import configured, database_option, existing_database
from ecg_service.cli.runtime import run
from ecg_service.domain.audit.events import event
from ecg_service.ports.store import Store
from ecg_service.services.audit.reading import entries, verify
from ecg_service.settings import Settings

T = TypeVar("T")
COLUMNS = ("time", "actor", "action", "object", "outcome", "address", "count")


@click.group(cls=Group)
def audit() -> None:
    """List, export and verify who did what.

    Rows are written if the setting `audit` is on.
    """


@audit.command("list")
@filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def list_rows(*, as_json: bool, database_url: str | None, **wanted: Any) -> None:  # noqa: ANN401
    """List rows in order of time; that they were listed is a row itself."""
    only = Wanted(**wanted)

    async def work(store: Store) -> None:
        await store.audit.append([event(None, "audit.list")])
        rows = (row async for row in rows_of(store) if only.has(row))
        if as_json:
            async for row in rows:
                click.echo(msgspec.json.encode(row))
            return
        found = [row async for row in rows]
        show_table(COLUMNS, [[getattr(row, name) for name in COLUMNS] for row in found])

    run(_with_store(_settings(database_url), work))


@audit.command()
@click.argument("file", type=click.File("wb"), default="-")
@database_option
def export(*, file: BinaryIO, database_url: str | None) -> None:
    """Write all rows with their chains and hashes, as JSON lines; that they were is a row itself."""

    async def work(store: Store) -> None:
        await store.audit.append([event(None, "audit.export")])
        names = await store.audit.names()
        async for entry in entries(store.audit):
            row = msgspec.to_builtins(row_of(entry.event, names))
            place = {"chain": entry.chain, "number": entry.number, "hash": entry.hash.hex()}
            raw = {"actor_id": entry.event.actor, "object_id": entry.event.object}
            file.write(msgspec.json.encode(place | row | raw) + b"\n")

    run(_with_store(_settings(database_url), work))


@audit.command()
@database_option
def heads(*, database_url: str | None) -> None:
    """Print the last row of each chain: keep it where the database's owner cannot change it."""

    async def work(store: Store) -> None:
        for head in await store.audit.heads():
            click.echo(written(head))

    run(_with_store(_settings(database_url), work))


@audit.command("verify")
@click.option(
    "--heads", "known", type=click.File("rb"), help="What `ecg audit heads` printed before."
)
@database_option
@click.pass_context
def verify_rows(
    context: click.Context, /, *, known: BinaryIO | None, database_url: str | None
) -> None:
    """Print what was edited, deleted, moved or cut off.

    Without --heads, what is missing at the end of a chain does not show, nor a chain that is.
    """
    expected = known_in(known) if known else []

    async def work(store: Store) -> int:
        found = 0
        async for problem in verify(store.audit, expected):
            found += 1
            click.echo(problem)
        chains = len(await store.audit.heads())
        verified = counted(chains, "chains") if chains else "0 chains"
        click.echo(f"{counted(found, 'problems')}; verified {verified}", err=True)
        return found

    context.exit(REFUSED if run(_with_store(_settings(database_url), work)) else OK)


def _settings(database_url: str | None) -> Settings:
    settings = configured(database_url=database_url)
    existing_database(settings)
    return settings


async def _with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async with open_beside(settings) as store:
        return await work(store)
