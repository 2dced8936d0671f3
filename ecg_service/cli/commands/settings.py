"""`ecg settings`: shows what holds and where it is from, and makes the page about all settings."""

import click
import msgspec

from ecg_service.bootstrap.dangers import refuse_unusable
from ecg_service.cli.console import show_table
from ecg_service.cli.groups import Group
from ecg_service.cli.options import configured_with_places, database_option
from ecg_service.settings import Loaded
from ecg_service.settings.reference import options
from ecg_service.settings.secrets import shown

DEFAULT = "default"


class Shown(msgspec.Struct):
    """A setting as it holds, without secrets."""

    group: str
    name: str
    value: object
    place: str = msgspec.field(name="from")


@click.group(cls=Group)
def settings() -> None:
    """Show the settings."""


@settings.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object per line.")
@click.option("--changed", is_flag=True, help="Only those that are given somewhere.")
@database_option
def show(*, as_json: bool, changed: bool, database_url: str | None) -> None:
    """Print each setting with its value and the place where it was given.

    Secrets are masked. Exits with 78 if `ecg serve` would refuse the settings.
    """
    loaded = configured_with_places(database_url=database_url)
    found = [one for one in _all(loaded) if not changed or one.place != DEFAULT]
    if as_json:
        for one in found:
            click.echo(msgspec.json.encode(one))
    else:
        show_table(("group", "setting", "value", "from"), [*map(_row, found)])
    refuse_unusable(loaded.settings)


def _all(loaded: Loaded) -> list[Shown]:
    found: list[Shown] = []
    for option in options():
        group, name = option.path.split(".")
        value = shown(option, getattr(getattr(loaded.settings, group), name))
        found.append(Shown(group, name, value, loaded.places.get(name, DEFAULT)))
    return found


def _row(one: Shown) -> tuple[str, str, str, str]:
    value = "-" if one.value is None else str(one.value)
    return one.group, one.name, value.lower() if isinstance(one.value, bool) else value, one.place
