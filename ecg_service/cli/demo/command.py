"""`ecg demo`: the whole service on a real ECG, in one process and a temporary folder."""

import asyncio
import logging
import secrets
import socket
import tempfile
from pathlib import Path
from urllib.parse import quote

import click
import httpx
from typed_settings import SecretStr

from ecg_service.api.app import create_app
from ecg_service.bootstrap import Server, running_services, stop_signals
from ecg_service.cli.commands.serve import listen, url_of
from ecg_service.cli.demo.tour import take_tour
from ecg_service.cli.loop import run
from ecg_service.cli.options import DEFAULTS, PORT, log_to_stderr
from ecg_service.settings import Settings

ADMIN = "admin"


@click.command()
@click.option("--once", is_flag=True, help="Stop after the table.")
@click.option(
    "--port", type=PORT, help=f"Default: {DEFAULTS.port}, or a free one if that is taken."
)
def demo(*, once: bool, port: int | None) -> None:
    """Send a real 12-lead ECG to a new service and show its insights.

    The service goes on until Ctrl-C, to try more; nothing of it is left.
    """
    log_to_stderr(logging.WARNING)
    listener = listen(DEFAULTS.host, port) if port is not None else _some_port()
    with tempfile.TemporaryDirectory(prefix="ecg-demo-") as folder:
        run(_demo(_settings(Path(folder)), listener, once=once))


def _some_port() -> socket.socket:
    try:
        return listen(DEFAULTS.host, DEFAULTS.port)
    except click.ClickException:
        return listen(DEFAULTS.host, 0)


def _settings(folder: Path) -> Settings:
    """Heed no variable: a demo is the same everywhere."""
    url = f"sqlite:///{quote(str(folder / 'ecg.db'))}"
    return Settings(
        database_url=url,
        admin_username=ADMIN,
        admin_password=SecretStr(secrets.token_urlsafe(12)),
    )


async def _demo(settings: Settings, listener: socket.socket, *, once: bool) -> None:
    with listener, stop_signals() as stop:
        async with running_services(settings) as services, asyncio.TaskGroup() as group:
            server = Server(create_app(services), settings)
            serving = group.create_task(server.run(listener, stop, lambda: None))
            touring = group.create_task(_tour(url_of(listener.getsockname()), settings, once=once))
            touring.add_done_callback(lambda _: stop.set() if once else None)
            serving.add_done_callback(lambda _: touring.cancel())


async def _tour(url: str, settings: Settings, *, once: bool) -> None:
    # Not by a proxy from the environment: the service is in this process.
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=60) as client:
        visit = await take_tour(client, (ADMIN, str(settings.admin_password)))
    if not once:
        click.echo(f"Serving at {url} until Ctrl-C. Try, in another terminal:\n")
        click.echo(f"  {visit.curl(url)}\n")
