"""Serves the API on a given socket, until an event is set.

The command, the demo and the benchmarks all serve this way.
"""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager

from ecg_service.api.app import create_app
from ecg_service.bootstrap.logs import LogWriter
from ecg_service.bootstrap.observing import observing
from ecg_service.bootstrap.process import allow_files, tune
from ecg_service.bootstrap.service import background, running_services
from ecg_service.bootstrap.stores import configured_database
from ecg_service.bootstrap.tracing import opened_traces
from ecg_service.bootstrap.worker import Worker
from ecg_service.server import Certificate, HttpServer
from ecg_service.settings import Settings

logger = logging.getLogger(__name__)

BACKLOG = 2048
STOPPING = signal.SIGTERM, signal.SIGINT, signal.SIGHUP


def bind(host: str, port: int) -> socket.socket:
    """Listen at an address; raises `OSError` if it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


def url_of(listener: socket.socket, scheme: str = "http") -> str:
    """Return the URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]  # those of IPv6 have four parts
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


@contextmanager
def stop_signals(numbers: Sequence[int] = STOPPING) -> Generator[asyncio.Event]:
    """Yield an event that SIGTERM, SIGINT and SIGHUP set, or those of these numbers.

    Further signals must not kill the process, neither while it drains nor when it is done, or
    its exit code would report a failure: from the end of the block on they are ignored.
    """
    stop, loop = asyncio.Event(), asyncio.get_running_loop()

    def tell(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    # Not the loop's own handlers: removing those restores, for a moment, the default: to kill.
    _handle(numbers, tell)
    try:
        yield stop
    finally:
        _handle(numbers, signal.SIG_IGN)


def _handle(numbers: Sequence[int], handler: Callable[..., None] | signal.Handlers) -> None:
    for number in numbers:
        signal.signal(number, handler)


@asynccontextmanager
async def _later(event: asyncio.Event, seconds: float) -> AsyncGenerator[asyncio.Event]:
    """Yield an event that is set so many seconds after another one."""
    later = asyncio.Event()

    async def wait() -> None:
        await event.wait()
        if seconds:
            logger.info("not ready any more, and closing in %g s", seconds)
        await asyncio.sleep(seconds)
        later.set()

    async with background(wait()):
        yield later


async def serve(
    settings: Settings,
    listener: socket.socket,
    stop: asyncio.Event,
    started: Callable[[], None] = lambda: None,
    worker: Worker | None = None,
    *,
    log: LogWriter | None = None,
) -> None:
    """Run the service, or one worker of it, on this socket until `stop` is set, then drain it.

    Calls `started` once connections are accepted. The caller closes the socket. Until the socket is
    closed to new connections, `unready_seconds` after `stop`, readiness tells load balancers to go away; of
    several workers, their supervisor waits for all.
    """

    def announce() -> None:
        logger.info("serving at %s", url_of(listener, "https" if certificate else "http"))
        started()

    certificate = Certificate.configured(settings.server)
    logger.info("starting on %s", configured_database(settings))
    allow_files(settings.server.max_connections)
    async with (
        opened_traces(settings.trace) as traces,
        running_services(settings, worker, traces) as services,
    ):
        services.health.is_draining = worker.is_draining if worker else stop.is_set
        seen = observing(settings, log, traces, worker and worker.slots)
        server = HttpServer(create_app(seen.of(services)), settings, certificate, seen.refused)
        tune()
        telling = seen.told(lambda: {**services.statistics(), "connections": server.statistics()})
        async with telling, _later(stop, 0 if worker else settings.server.unready_seconds) as close:
            await server.serve(listener, close, announce)
        logger.info("draining")
    logger.info("stopped")
