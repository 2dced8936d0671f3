"""The command `ecg` itself, with its subcommands."""

import click

from ecg_service import __version__
from ecg_service.cli.commands.db import db
from ecg_service.cli.commands.serve import serve
from ecg_service.cli.commands.users import users
from ecg_service.cli.demo.command import demo
from ecg_service.cli.exits import MEANINGS, Commands
from ecg_service.cli.send.command import send

_CODES = "\n".join(f"  {code:>2}  {meaning}" for code, meaning in MEANINGS.items())
EPILOG = f"\b\nExit codes:\n{_CODES}"
"""`\\b` keeps click from rewrapping the lines."""


@click.group(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """Ingest ECGs, count each lead's zero crossings and store every sample losslessly.

    Settings come from ecg.toml or the file that ECG_SETTINGS names, from variables of the
    environment (ECG_ and the name in capitals) and from options; the last one wins.
    """


for command in (serve, demo, send, users, db):
    main.add_command(command)
