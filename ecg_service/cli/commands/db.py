"""`ecg db`: migrates and checks the database."""

import click
from msgspec.structs import asdict

from ecg_service.adapters.core import verify_blob
from ecg_service.bootstrap import persistent_database
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.options import configured, database_option, existing_database
from ecg_service.ports.store import Checked


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

    Every sample of every ECG is unpacked, and every checksum is compared.
    """
    database = existing_database(configured(database_url=database_url))
    checked, found = Checked(), 0
    for problem in database.check(verify_blob, checked):
        found += 1
        click.echo(problem)
    read = ", ".join(_counted(count, name) for name, count in asdict(checked).items())
    click.echo(f"{database}: {_counted(found, 'problems')}; read {read}", err=True)
    context.exit(REFUSED if found else OK)


def _counted(count: int, plural: str) -> str:
    noun = plural.removesuffix("s") if count == 1 else plural
    return f"{count or 'no'} {noun.replace('ecg', 'ECG')}"
