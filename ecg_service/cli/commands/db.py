"""`ecg db`: looks after the database file."""

import click

from ecg_service.adapters.core import verify_blob
from ecg_service.adapters.sqlite import check, migrate
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.options import (
    configured,
    database,
    database_option,
    existing_database,
)


@click.group()
def db() -> None:
    """Migrate and check the SQLite database."""


@db.command("migrate")
@database_option
def migrate_database(*, database_url: str | None) -> None:
    """Give the database the schema of this version; safe to repeat."""
    path = database(configured(database_url=database_url))
    applied = migrate(path)
    click.echo(f"{path}: applied {', '.join(applied)}" if applied else f"{path} is up to date")


@db.command("check")
@database_option
@click.pass_context
def check_database(context: click.Context, /, *, database_url: str | None) -> None:
    """Read everything, also beside a running service, and print what is damaged.

    Every sample of every ECG is unpacked and its checksum compared.
    """
    path = existing_database(configured(database_url=database_url))
    found = 0
    for problem in check(path, verify_blob):
        found += 1
        click.echo(problem)
    click.echo(f"{path}: {found or 'no'} problem{'' if found == 1 else 's'}", err=True)
    context.exit(REFUSED if found else OK)
