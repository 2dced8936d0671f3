"""`ecg db`: migrates, checks, backs up, restores and copies the database."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click
from msgspec.structs import asdict

from ecg_service.adapters.core import verify_blob
from ecg_service.bootstrap.backends import require_private
from ecg_service.bootstrap.stores import database_from_url, persistent_database
from ecg_service.cli.console import bytes_bar, counted
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.groups import Group
from ecg_service.cli.options import configured, database_option, existing_database
from ecg_service.cli.runtime import interruptible
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.copies import Copying
from ecg_service.ports.store import Checked, Database
from ecg_service.settings import Settings

F = TypeVar("F", bound=Callable[..., Any])


@click.group(cls=Group)
def db() -> None:
    """Migrate, check, back up, restore and copy the database."""


@db.command("migrate")
@database_option
def migrate_database(*, database_url: str | None) -> None:
    """Bring the database to the schema of this version; safe to repeat."""
    database = persistent_database(configured(database_url=database_url))
    applied = database.migrate()
    done = f": applied {', '.join(applied)}" if applied else " is up to date"
    click.echo(f"{database}{done}")


@db.command("check")
@database_option
@click.pass_context
def check_database(context: click.Context, /, *, database_url: str | None) -> None:
    """Check the whole database, also beside a running service, and print all damage.

    Every sample of every ECG is unpacked, and every checksum is compared.
    """
    database = existing_database(configured(database_url=database_url))
    checked, found = Checked(), 0
    for problem in database.check(verify_blob, checked):
        found += 1
        click.echo(problem)
    click.echo(f"{database}: {counted(found, 'problems')}; read {_listed(checked)}", err=True)
    context.exit(REFUSED if found else OK)


def copy_options(command: F) -> F:
    """Add the options of a command that makes a copy."""
    for option in (
        click.option("--force", is_flag=True, help="Replace what is there."),
        click.option("--keep-damaged", is_flag=True, help="Keep the copy though it is damaged."),
        database_option,
    ):
        command = option(command)
    return command


@db.command("backup")
@click.argument("path", type=click.Path(path_type=Path))
@copy_options
def back_up(*, path: Path, force: bool, keep_damaged: bool, database_url: str | None) -> None:
    """Write all of the database to the file PATH, also beside a running service.

    The backup is one file, which has its name once it is checked like by `ecg db check` and on
    disk. What is acknowledged before this begins is in it.
    """
    settings = configured(database_url=database_url)
    database = existing_database(settings)
    with _copying(settings, force=force, keep_damaged=keep_damaged) as copying:
        held = database.backup(path, copying)
    click.echo(f"{path}: a backup of {database}; holds {_listed(held)}")


@db.command("restore")
@click.argument("backup", type=click.Path(path_type=Path))
@copy_options
def restore(*, backup: Path, force: bool, keep_damaged: bool, database_url: str | None) -> None:
    """Put a copy of the file BACKUP in the place of the database, while no service runs.

    The copy is migrated and checked before. Whatever interrupts this leaves the database that was
    there, or the whole new one.
    """
    settings = configured(database_url=database_url)
    database = persistent_database(settings)
    with _copying(settings, force=force, keep_damaged=keep_damaged) as copying:
        held = database.restore(backup, copying)
    click.echo(f"{database}: restored from {backup}; holds {_listed(held)}")


@db.command("copy")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--force", is_flag=True, help="Replace the file that is there.")
@click.option("--keep-damaged", is_flag=True, help="Keep the copy though it is damaged.")
def copy(*, source: str, target: str, force: bool, keep_damaged: bool) -> None:
    """Copy all from the database of the URL FROM to that of the URL TO, which is of any kind.

    What is acknowledged before this begins is copied, also beside a running service: stop it first, or
    what it takes meanwhile is not in the copy. The other database must be empty. It holds all of
    the copy when it is checked, or nothing.
    """
    settings = configured()
    read = _named(source, "FROM", settings)
    written = _named(target, "TO", settings)
    if not read.exists():
        raise StorageUnavailable(f"there is no database {read}")
    with (
        _copying(settings, force=force, keep_damaged=keep_damaged) as copying,
        read.contents() as contents,
    ):
        held = written.fill(contents, copying)
    click.echo(f"{written}: a copy of {read}; holds {_listed(held)}")


def _named(url: str, argument: str, settings: Settings) -> Database:
    """Return the database that an argument names, which must outlive this process."""
    try:
        database = database_from_url(url, settings)
    except ValueError as error:
        raise click.UsageError(f"{argument}: {error}") from error
    require_private(argument, url, settings)
    if not database.is_persistent:
        raise click.UsageError(f"{argument}: {database} ends with its process")
    return database


@contextmanager
def _copying(settings: Settings, *, force: bool, keep_damaged: bool) -> Generator[Copying]:
    with bytes_bar() as report, interruptible():
        yield Copying(
            verify_blob,
            report,
            click.echo,
            settings.store.max_backup_log_bytes,
            force=force,
            keep_damaged=keep_damaged,
        )


def _listed(checked: Checked) -> str:
    return ", ".join(counted(count, name) for name, count in asdict(checked).items())
