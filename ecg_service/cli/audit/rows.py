"""Rows of the audit trail as they are shown, and which are wanted."""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import click
from msgspec import Struct

from ecg_service.domain.audit.events import Event
from ecg_service.domain.time import from_microseconds
from ecg_service.ports.store import Store
from ecg_service.services.audit.reading import entries, shown

F = TypeVar("F", bound=Callable[..., Any])
TIME = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])


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


def row_of(one: Event, names: Mapping[str, str]) -> Row:
    """Return the row of an event, with the names of users in the place of their ids."""
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


async def rows_of(store: Store) -> AsyncIterator[Row]:
    """Yield all rows in order of time."""
    names = await store.audit.names()
    async for entry in entries(store.audit):
        yield row_of(entry.event, names)


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
