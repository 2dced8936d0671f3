"""`ecg serve`: runs the service."""

import logging
import os
import socket
from errno import errorcode

import click

from ecg_service.bootstrap import server
from ecg_service.cli.exits import Unavailable
from ecg_service.cli.options import DEFAULTS, PORT, configured, database_option
from ecg_service.cli.runtime import log_to_stderr, run
from ecg_service.settings import Settings


@click.command()
@click.option("--host", help=f"Where to listen; default: ECG_HOST, or {DEFAULTS.server.host}.")
@click.option(
    "--port", type=PORT, help=f"0 takes a free one; default: ECG_PORT, or {DEFAULTS.server.port}."
)
@database_option
def serve(*, host: str | None, port: int | None, database_url: str | None) -> None:
    """Serve the API until SIGTERM or Ctrl-C.

    The database is created and migrated first. When stopped, the service answers what it has
    accepted and exits with 0. It logs to standard error.
    """
    settings = configured(host=host, port=port, database_url=database_url)
    log_to_stderr(logging.INFO)
    run(_serve(settings, listen(settings.server.host, settings.server.port)))


def listen(host: str, port: int) -> socket.socket:
    """Listen at the address, or raise `Unavailable`."""
    try:
        return server.bind(host, port)
    except OSError as error:
        reason = os.strerror(error.errno or 0) if error.errno in errorcode else error.strerror
        msg = f"cannot listen at {host} port {port}: {reason}"
        raise Unavailable(msg) from error


async def _serve(settings: Settings, listener: socket.socket) -> None:
    with listener, server.stop_signals() as stop:
        await server.serve(settings, listener, stop)
