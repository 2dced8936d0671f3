"""`ecg serve`: the service itself."""

import logging
import os
import socket
from errno import errorcode

import click

from ecg_service.api.app import create_app
from ecg_service.bootstrap import Server, bind, running_services, stop_signals
from ecg_service.cli.exits import Unavailable
from ecg_service.cli.loop import run
from ecg_service.cli.options import DEFAULTS, PORT, configured, database_option, log_to_stderr
from ecg_service.settings import Settings

logger = logging.getLogger(__name__)


@click.command()
@click.option("--host", help=f"Where to listen; default: ECG_HOST, or {DEFAULTS.host}.")
@click.option(
    "--port", type=PORT, help=f"0 takes a free one; default: ECG_PORT, or {DEFAULTS.port}."
)
@database_option
def serve(*, host: str | None, port: int | None, database_url: str | None) -> None:
    """Serve the API until SIGTERM or Ctrl-C.

    The database is created and migrated first. When stopped, the service answers what it has
    accepted and exits with 0. It logs to standard error.
    """
    settings = configured(host=host, port=port, database_url=database_url)
    log_to_stderr(logging.INFO)
    run(_serve(settings, listen(settings.host, settings.port)))


def listen(host: str, port: int) -> socket.socket:
    """Bind, or end the command with 69."""
    try:
        return bind(host, port)
    except OSError as error:
        reason = os.strerror(error.errno or 0) if error.errno in errorcode else error.strerror
        msg = f"cannot listen at {host} port {port}: {reason}"
        raise Unavailable(msg) from error


def url_of(address: tuple[str, int]) -> str:
    """Return the URL at which a socket with this address is reached."""
    host, port = address[:2]  # those of IPv6 have four parts
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def _serve(settings: Settings, listener: socket.socket) -> None:
    url = url_of(listener.getsockname())
    with listener, stop_signals() as stop:
        logger.info("starting on %s", settings.database_url)
        async with running_services(settings) as services:
            server = Server(create_app(services), settings)
            await server.run(listener, stop, lambda: logger.info("serving at %s", url))
            logger.info("draining")
        logger.info("stopped")
