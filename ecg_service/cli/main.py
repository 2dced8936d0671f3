"""The command `ecg` itself, with its subcommands."""

from importlib import import_module

import click

from ecg_service import __version__
from ecg_service.cli.exits import MEANINGS, Commands

MODULES = {
    "audit": "ecg_service.cli.audit.command",
    "db": "ecg_service.cli.commands.db",
    "demo": "ecg_service.cli.demo.command",
    "export": "ecg_service.cli.export.command",
    "keys": "ecg_service.cli.commands.keys",
    "signing-keys": "ecg_service.cli.commands.signing_keys",
    "send": "ecg_service.cli.send.command",
    "serve": "ecg_service.cli.commands.serve",
    "settings": "ecg_service.cli.commands.settings",
    "status": "ecg_service.cli.commands.status",
    "users": "ecg_service.cli.commands.users",
    "worker": "ecg_service.cli.commands.worker",
}
"""Where the function of each command is, which has the command's name.

A command imports what it needs and no more: the HTTP server takes as long to import as the rest.
"""

_CODES = "\n".join(f"  {code:>2}  {meaning}" for code, meaning in MEANINGS.items())
EPILOG = f"\b\nExit codes:\n{_CODES}"
"""`\\b` keeps click from rewrapping the lines."""


class _Subcommands(Commands):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        module = MODULES.get(cmd_name)
        return getattr(import_module(module), cmd_name.replace("-", "_")) if module else None


@click.group(
    cls=_Subcommands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(__version__)
def main() -> None:
    """Ingest ECGs, count each lead's zero crossings and store every sample losslessly.

    Settings come from ecg.toml or the file that ECG_SETTINGS names, from variables of the
    environment (ECG_ and the name in capitals) and from options; the last one wins.
    """
