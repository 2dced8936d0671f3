"""`ecg users`: administers users in the database, with or without a running service."""

from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import BinaryIO, TypeVar

import click
import msgspec

from ecg_service.api.schemas.users import UserEntry
from ecg_service.bootstrap.stores import open_beside, open_users
from ecg_service.cli.console import counter, show_table
from ecg_service.cli.exits import Refused, sentence
from ecg_service.cli.groups import Group
from ecg_service.cli.options import (
    configured,
    database_option,
    existing_database,
    password_file_option,
    read_password,
)
from ecg_service.cli.runtime import run
from ecg_service.domain.errors import Conflict, DamagedUser, NotFound
from ecg_service.domain.passwords import check_password
from ecg_service.domain.users import Role, UnreadableUser, User, check_username
from ecg_service.services import retention
from ecg_service.services.users import Users
from ecg_service.settings import Settings

T = TypeVar("T")

PAGE_SIZE = 100


@click.group(cls=Group)
def users() -> None:
    """Register, list and change users.

    A change takes effect in a running service within a second.
    """


@users.command()
@click.argument("name")
@click.option("--admin", is_flag=True, help="An admin, who registers users and sees no ECG.")
@password_file_option
@database_option
def add(
    *, name: str, admin: bool, password_file: BinaryIO | None, database_url: str | None
) -> None:
    """Register a user; creates the database if there is none.

    The service registers a first admin only if there is no user.
    """
    settings = configured(database_url=database_url)
    role = Role.ADMIN if admin else Role.USER
    password = read_password(password_file, confirm=True)
    # Before the database is opened: an invalid user must not create one.
    check_username(name, "username")
    check_password(password, "password", name=name)
    _act(settings, name, lambda users: users.register(name, password, role))
    click.echo(f"added {name} as {role.value}")


@users.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@database_option
def list_users(*, as_json: bool, database_url: str | None) -> None:
    """List all users in order of name."""
    found = run(_with_users(_settings(database_url), _all))
    if as_json:
        for user in found:
            click.echo(msgspec.json.encode(UserEntry.of(user)))
        return
    show_table(("name", "role", "state", "created"), [*map(_row, found)])


def _row(user: User | UnreadableUser) -> tuple[str, str, str, str]:
    if isinstance(user, UnreadableUser):
        return user.name, "", "damaged", ""
    state = "disabled" if user.disabled else "enabled"
    return user.name, user.role, state, f"{user.created:%F}"


@users.command()
@click.argument("name")
@database_option
def disable(*, name: str, database_url: str | None) -> None:
    """Disable a user; their ECGs stay."""
    _act(_settings(database_url), name, lambda users: users.update(name, disabled=True))
    click.echo(f"disabled {name}")


@users.command()
@click.argument("name")
@database_option
def enable(*, name: str, database_url: str | None) -> None:
    """Enable a disabled user."""
    _act(_settings(database_url), name, lambda users: users.update(name, disabled=False))
    click.echo(f"enabled {name}")


@users.command("reset-password")
@click.argument("name")
@password_file_option
@database_option
def reset_password(*, name: str, password_file: BinaryIO | None, database_url: str | None) -> None:
    """Give a user a new password; the old one is refused from then on."""
    settings = _settings(database_url)
    password = read_password(password_file, confirm=True)
    _act(settings, name, lambda users: users.update(name, password=password))
    click.echo(f"reset the password of {name}")


@users.command()
@click.argument("name")
@click.option("--yes", is_flag=True, help="Do not ask.")
@database_option
def erase(*, name: str, yes: bool, database_url: str | None) -> None:
    """Delete a user with their ECGs, insights and keys, also beside a running service.

    Copies that were made before, backups among them, hold them still. If this is cut short, run
    it again.
    """
    settings = _settings(database_url)
    if not yes:
        click.confirm(f"Delete {name} and all of their ECGs for good?", abort=True, err=True)
    with _blaming(name):
        deleted = run(_erase(settings, name))
    click.echo(f"erased {name}: deleted {deleted} ECG{'' if deleted == 1 else 's'}")


async def _erase(settings: Settings, name: str) -> int:
    deleted = 0
    with counter("ECGs deleted") as report:
        async with open_beside(settings) as store:
            async for count in retention.erase(store, name):
                report(deleted := deleted + count)
    return deleted


def _settings(database_url: str | None) -> Settings:
    settings = configured(database_url=database_url)
    existing_database(settings)
    return settings


def _act(settings: Settings, name: str, action: Callable[[Users], Awaitable[User]]) -> None:
    with _blaming(name):
        run(_with_users(settings, action))


@contextmanager
def _blaming(name: str) -> Generator[None]:
    try:
        yield
    except (Conflict, DamagedUser, NotFound) as error:
        raise Refused(f"{name}: {sentence(error)}") from error


async def _with_users(settings: Settings, action: Callable[[Users], Awaitable[T]]) -> T:
    async with open_users(settings) as users:
        return await action(users)


async def _all(users: Users) -> list[User | UnreadableUser]:
    found, after = await users.page(limit=PAGE_SIZE)
    while after is not None:
        page, after = await users.page(limit=PAGE_SIZE, after=after)
        found += page
    return found
