"""`ecg db`: migrates and checks the database."""

import click

from ecg_service.adapters.core import verify_blob
from ecg_service.bootstrap import persistent_database
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.options import configured, database_option, existing_database


@click.group()
def db() -> None:
    """Migrate and check the database."""


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

    Every sample of every ECG is unpacked and its checksum compared.
    """
    database = existing_database(configured(database_url=database_url))
    found = 0
    for problem in database.check(verify_blob):
        found += 1
        click.echo(problem)
    click.echo(f"{database}: {found or 'no'} problem{'' if found == 1 else 's'}", err=True)
    context.exit(REFUSED if found else OK)
