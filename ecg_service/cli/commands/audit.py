"""`ecg audit`: lists, exports and verifies the audit trail, with or without a running service."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO, TypeVar
from uuid import UUID

import click
import msgspec
from msgspec import Struct

from ecg_service.bootstrap.stores import open_beside
from ecg_service.cli.console import show_table
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.options import configured, database_option, existing_database
from ecg_service.cli.runtime import run
from ecg_service.domain.audit.chains import Link
from ecg_service.domain.audit.events import Event, event
from ecg_service.domain.time import from_microseconds
from ecg_service.ports.store import Store
from ecg_service.services.audit.reading import entries, shown, verify
from ecg_service.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")
TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])
COLUMNS = ("time", "actor", "action", "object", "outcome", "address", "count")


class Head(Struct, forbid_unknown_fields=True):
    """The last row of a chain, as it is kept outside of the database."""

    chain: UUID
    number: int
    hash: str


class Row(Struct, frozen=True):
    """A row as it is shown: users have their names, as long as they are not erased."""

    time: str
    actor: str
    issuer: str
    action: str
    object: str
    outcome: str
    request_id: str
    address: str
    count: int


@click.group()
def audit() -> None:
    """List, export and verify who did what.

    Rows are written if the setting `audit` is on.
    """


def filters(command: F) -> F:
    """Add the options that say which rows are wanted."""
    for option in (
        click.option("--actor", help="The name of a user, operator or service."),
        click.option("--action", help="As ecg.read, or its beginning: ecg."),
        click.option("--object", "object_", metavar="TEXT", help="An id, or the name of a user."),
        click.option("--outcome", help="As ok or not-found."),
        click.option("--since", type=TIME, help="The time of the first one, in UTC."),
        click.option("--until", type=TIME, help="The time of the first one that comes too late."),
    ):
        command = option(command)
    return command


class Wanted(Struct, frozen=True):
    """Which rows are wanted."""

    actor: str | None
    action: str | None
    object_: str | None
    outcome: str | None
    since: datetime | None
    until: datetime | None

    def has(self, row: Row) -> bool:
        """Whether it is one of them."""
        at = datetime.fromisoformat(row.time)
        return (
            self.actor in (None, row.actor)
            and (self.action is None or f"{row.action}.".startswith(f"{self.action}."))
            and self.object_ in (None, row.object)
            and self.outcome in (None, row.outcome)
            and (self.since is None or at >= _utc(self.since))
            and (self.until is None or at < _utc(self.until))
        )


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@audit.command("list")
@filters
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def list_rows(*, as_json: bool, database_url: str | None, **wanted: Any) -> None:  # noqa: ANN401
    """List rows in order of time; that they were listed is a row itself."""
    only = Wanted(**wanted)

    async def work(store: Store) -> None:
        await store.audit.append([event(None, "audit.list")])
        rows = (row async for row in _rows(store) if only.has(row))
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
            row = msgspec.to_builtins(_row(entry.event, names))
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
            click.echo(msgspec.json.encode(Head(head.chain, head.number, head.hash.hex())))

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
    expected = _known(known) if known else []

    async def work(store: Store) -> int:
        found = 0
        async for problem in verify(store.audit, expected):
            found += 1
            click.echo(problem)
        chains = len(await store.audit.heads())
        click.echo(f"{found or 'no'} problems; verified {chains} chains", err=True)
        return found

    context.exit(REFUSED if run(_with_store(_settings(database_url), work)) else OK)


def _known(file: BinaryIO) -> list[Link]:
    try:
        read = [msgspec.json.decode(line, type=Head) for line in file.read().splitlines() if line]
        return [Link(head.chain, head.number, bytes.fromhex(head.hash)) for head in read]
    except (msgspec.DecodeError, ValueError) as error:
        raise click.UsageError(
            f"--heads: this is not what `ecg audit heads` prints: {error}"
        ) from error


def _row(one: Event, names: Mapping[str, str]) -> Row:
    return Row(
        from_microseconds(one.at).isoformat(),
        shown(one.actor, names),
        one.origin.issuer,
        one.action,
        shown(one.object, names),
        one.outcome,
        one.origin.request,
        one.origin.address,
        one.count,
    )


async def _rows(store: Store) -> AsyncIterator[Row]:
    names = await store.audit.names()
    async for entry in entries(store.audit):
        yield _row(entry.event, names)


def _settings(database_url: str | None) -> Settings:
    settings = configured(database_url=database_url)
    existing_database(settings)
    return settings


async def _with_store(settings: Settings, work: Callable[[Store], Awaitable[T]]) -> T:
    async with open_beside(settings) as store:
        return await work(store)
