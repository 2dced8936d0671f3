"""`ecg keys`: makes, lists and revokes API keys, with or without a running service."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from uuid import UUID

import click
import msgspec

from ecg_service.api.schemas.api_keys import ApiKeyEntry
from ecg_service.bootstrap.grants import opened_api_keys
from ecg_service.bootstrap.stores import open_beside
from ecg_service.cli.console import show_table
from ecg_service.cli.exits import Refused, sentence
from ecg_service.cli.groups import Group
from ecg_service.cli.options import configured, database_option, existing_database
from ecg_service.cli.runtime import run
from ecg_service.domain.errors import Conflict, Damaged, Forbidden, NotFound
from ecg_service.domain.grants import Grant, UnreadableGrant
from ecg_service.domain.principal import Scope
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.grants.api_keys import ApiKeys
from ecg_service.settings import Settings

T = TypeVar("T")

PAGE_SIZE = 100
USER = click.argument("user")


@click.group(cls=Group)
def keys() -> None:
    """Make, list and revoke API keys, with which devices sign in.

    A change takes effect in a running service within a second.
    """


@keys.command()
@USER
@click.argument("name")
@click.option(
    "--scope",
    "scopes",
    type=click.Choice([scope.value for scope in Scope]),
    multiple=True,
    required=True,
    help="What the key allows; may be repeated.",
)
@click.option("--days", type=click.IntRange(1, 36_500), help="Days until the key expires.")
@database_option
def create(
    *, user: str, name: str, scopes: tuple[str, ...], days: int | None, database_url: str | None
) -> None:
    """Make a key for a user and print it, this once; NAME is what to call it.

    With the scope `ingest` alone a key that is lost reads nothing.
    """
    expires = datetime.now(UTC) + timedelta(days=days) if days else None
    allowed = frozenset(map(Scope, scopes))
    key, grant = _act(
        database_url, user, lambda keys: keys.create(user, name, allowed, expires=expires)
    )
    click.echo(f"made {name!r} of {user}, id {grant.id}; this is shown once:", err=True)
    click.echo(key)


@keys.command("list")
@USER
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def list_keys(*, user: str, as_json: bool, database_url: str | None) -> None:
    """List the keys of a user in the order in which they were made."""
    found = _act(database_url, user, lambda keys: _all(keys, user))
    if as_json:
        for key in found:
            click.echo(msgspec.json.encode(ApiKeyEntry.of(key)))
        return
    show_table(("id", "name", "scopes", "created", "expires", "last used"), [*map(_row, found)])


def _row(key: Grant | UnreadableGrant) -> tuple[str, ...]:
    if isinstance(key, UnreadableGrant):
        return str(key.id), "damaged", "", "", "", ""
    days = [f"{day:%F}" if day else "" for day in (key.created, key.expires)]
    used = f"{key.last_used:%F %H:%M}" if key.last_used else ""
    return str(key.id), key.name, " ".join(sorted(key.scopes or ())), *days, used


@keys.command()
@USER
@click.argument("key_id", metavar="ID", type=click.UUID)
@database_option
def revoke(*, user: str, key_id: UUID, database_url: str | None) -> None:
    """Revoke the key with this id, as `ecg keys list` shows it."""
    _act(database_url, user, lambda keys: keys.revoke(user, key_id))
    click.echo(f"revoked {key_id} of {user}")


def _act(database_url: str | None, user: str, action: Callable[[ApiKeys], Awaitable[T]]) -> T:
    settings = configured(database_url=database_url)
    existing_database(settings)
    try:
        return run(_with_keys(settings, action))
    except (Conflict, Damaged, Forbidden, NotFound) as error:
        raise Refused(f"{user}: {sentence(error)}") from error


async def _with_keys(settings: Settings, action: Callable[[ApiKeys], Awaitable[T]]) -> T:
    async with _opened(settings) as opened:
        return await action(opened)


@asynccontextmanager
async def _opened(settings: Settings) -> AsyncGenerator[ApiKeys]:
    async with (
        open_beside(settings) as store,
        opened_api_keys(store, VerifiedCredentials(), settings) as made,
    ):
        yield made


async def _all(keys: ApiKeys, user: str) -> list[Grant | UnreadableGrant]:
    await keys.owner(user)
    found, after = await keys.page(user, limit=PAGE_SIZE)
    while after is not None:
        page, after = await keys.page(user, limit=PAGE_SIZE, after=after)
        found += page
    return found
