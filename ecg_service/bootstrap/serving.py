"""The one way to serve: the command, the demo and the benchmarks use it."""

import asyncio
import logging
import socket
from collections.abc import Callable

from ecg_service.api.app import create_app
from ecg_service.bootstrap.server import Server
from ecg_service.bootstrap.service import running_services
from ecg_service.settings import Settings

logger = logging.getLogger(__name__)


async def serve(
    settings: Settings,
    listener: socket.socket,
    stop: asyncio.Event,
    started: Callable[[], None] = lambda: None,
) -> None:
    """Run the service on this socket until it is told to stop and has finished what it accepted.

    Calls `started` once connections are taken. Closing the socket is left to the caller.
    """

    def announce() -> None:
        logger.info("serving at %s", url_of(listener))
        started()

    logger.info("starting on %s", settings.store.database_url)
    async with running_services(settings) as services:
        await Server(create_app(services), settings).run(listener, stop, announce)
        logger.info("draining")
    logger.info("stopped")


def url_of(listener: socket.socket) -> str:
    """Return the URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]  # those of IPv6 have four parts
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
