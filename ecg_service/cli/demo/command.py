"""`ecg demo`: service and client in one process, over a temporary folder."""

import asyncio
import secrets
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

import click

from ecg_service.adapters.http_client import HttpClient
from ecg_service.bootstrap.logs import logging_to_stderr
from ecg_service.bootstrap.server import serve, stop_signals, url_of
from ecg_service.cli.commands.serve import listen
from ecg_service.cli.demo.client import send_and_show
from ecg_service.cli.options import DEFAULTS, PORT
from ecg_service.cli.runtime import run
from ecg_service.settings import AdminSettings, LogSettings, Settings, StoreSettings

ADMIN = "admin"


@click.command()
@click.option("--once", is_flag=True, help="Stop after the table.")
@click.option(
    "--port", type=PORT, help=f"Default: {DEFAULTS.server.port}, or a free one if that is taken."
)
def demo(*, once: bool, port: int | None) -> None:
    """Send a real 12-lead ECG to a new service and show its insights.

    The service goes on until Ctrl-C, to try more; nothing of it is left.
    """
    listener = listen(DEFAULTS.server.host, port) if port is not None else _some_port()
    with (
        logging_to_stderr(LogSettings("console", "warning")),
        tempfile.TemporaryDirectory(prefix="ecg-demo-") as folder,
    ):
        run(_demo(_settings(Path(folder)), listener, once=once))


def _some_port() -> socket.socket:
    try:
        return listen(DEFAULTS.server.host, DEFAULTS.server.port)
    except click.ClickException:
        return listen(DEFAULTS.server.host, 0)


def _settings(folder: Path) -> Settings:
    """Return settings independent of file and environment: a demo is the same everywhere."""
    url = f"sqlite:///{quote(str(folder / 'ecg.db'))}"
    password = secrets.token_urlsafe(12)
    return Settings(store=StoreSettings(url), admin=AdminSettings(ADMIN, password))


async def _demo(settings: Settings, listener: socket.socket, *, once: bool) -> None:
    with listener, stop_signals() as stop:
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(serve(settings, listener, stop))
            showing = group.create_task(_show(url_of(listener), settings, once=once))
            showing.add_done_callback(lambda _: stop.set() if once else None)
            serving.add_done_callback(lambda _: showing.cancel())


async def _show(url: str, settings: Settings, *, once: bool) -> None:
    # No proxy from the environment: the service is in this process.
    async with HttpClient(base_url=url, trust_env=False, timeout=60) as client:
        sent = await send_and_show(client, (ADMIN, str(settings.admin.admin_password)))
    if not once:
        click.echo(f"Serving at {url} until Ctrl-C. Try, in another terminal:\n")
        click.echo(f"  {sent.curl(url)}\n")
