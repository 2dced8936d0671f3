"""`ecg signing-keys`: the keys that sign access tokens."""

import click

from ecg_service.adapters.token_keys import rotate as rotate_keys
from ecg_service.bootstrap.grants import token_keys_path
from ecg_service.cli.groups import Group
from ecg_service.cli.options import configured, database_option, existing_database


@click.group(cls=Group)
def signing_keys() -> None:
    """Rotate the keys that sign access tokens."""


@signing_keys.command()
@click.option("--now", is_flag=True, help="Forget the key before, too: clients have to refresh.")
@database_option
def rotate(*, now: bool, database_url: str | None) -> None:
    """Let a new key sign; tokens of the one before are good until they expire."""
    settings = configured(database_url=database_url)
    existing_database(settings)
    path = token_keys_path(settings)
    click.echo(f"{path}: {rotate_keys(path, now=now)} signs from now on")
