"""`ecg serve`: runs the service, in one process or in several."""

import gc
import logging
import signal
import socket
import sys
from collections.abc import Callable
from errno import EACCES, EADDRINUSE, EADDRNOTAVAIL, errorcode
from functools import partial
from typing import NamedTuple

import click

from ecg_service.bootstrap import server
from ecg_service.bootstrap.children import Reins
from ecg_service.bootstrap.dangers import refuse_unusable
from ecg_service.bootstrap.logs import LogWriter, logging_to_stderr
from ecg_service.bootstrap.metrics.shared import Slots
from ecg_service.bootstrap.stores import configured_database
from ecg_service.bootstrap.supervisor import StartFailed, Supervisor
from ecg_service.bootstrap.worker import Worker, prepare, seconds_to_stop, settings_of_each
from ecg_service.cli.exits import SOFTWARE, Unavailable, exit_code_of
from ecg_service.cli.options import DEFAULTS, PORT, configured, database_option
from ecg_service.cli.runtime import run
from ecg_service.ports.store import SharedDatabase
from ecg_service.settings import MAX_WORKERS, BadSettings, Settings, variable

logger = logging.getLogger(__name__)

NAMING_PORT = f"--port or {variable('port')}"
NAMING_HOST = f"--host or {variable('host')}"


@click.command()
@click.option("--host", help=f"Where to listen; default: ECG_HOST, or {DEFAULTS.server.host}.")
@click.option(
    "--port", type=PORT, help=f"0 takes a free one; default: ECG_PORT, or {DEFAULTS.server.port}."
)
@click.option(
    "--plain-http",
    is_flag=True,
    default=None,
    help="Speak HTTP beyond loopback: in a container, or behind a proxy that does TLS.",
)
@click.option(
    "--workers",
    type=click.IntRange(1, MAX_WORKERS),
    help=f"How many processes serve; default: ECG_WORKERS, or {DEFAULTS.server.workers}.",
)
@database_option
def serve(**options: str | int | None) -> None:
    """Serve the API until SIGTERM or Ctrl-C.

    The database is created and migrated first. When stopped, the service answers what it has
    accepted and exits with 0. It logs to standard error.

    Of several workers a dead one is replaced, and SIGHUP replaces all, one after the other, which
    then have the settings of that moment.
    """

    def read() -> Settings:
        return configured(**options)

    settings = read()
    refuse_unusable(settings)
    is_alone = settings.server.workers == 1
    with logging_to_stderr(settings.log, threaded=is_alone) as log:
        listener = listen(settings.server.host, settings.server.port, NAMING_PORT)
        if is_alone:
            run(_serve(settings, listener, log))
        else:
            _supervise(settings, read, listener)


def listen(host: str, port: int, naming_port: str = "--port") -> socket.socket:
    """Listen at the address, or raise `Unavailable`, which tells how to name another one."""
    try:
        return server.bind(host, port)
    except OSError as error:
        reason, _, _ = (error.strerror or "").partition(" (")  # Python repeats the address
        msg = f"cannot listen at {host} port {port}: {reason}{_advice(error, naming_port)}"
        raise Unavailable(msg) from error


def _advice(error: OSError, naming_port: str) -> str:
    if error.errno == EADDRINUSE:
        return f"; name another with {naming_port}, where 0 takes a free one"
    if error.errno == EACCES:
        return f"; one below 1024 takes CAP_NET_BIND_SERVICE: name a higher one with {naming_port}"
    is_elsewhere = error.errno == EADDRNOTAVAIL or error.errno not in errorcode  # or no name
    return f"; name an address of this machine with {NAMING_HOST}" if is_elsewhere else ""


async def _serve(settings: Settings, listener: socket.socket, log: LogWriter) -> None:
    with listener, server.stop_signals() as stop:
        await server.serve(settings, listener, stop, log=log)


def _supervise(settings: Settings, read: Callable[[], Settings], listener: socket.socket) -> None:
    """Serve in several processes, each with the settings that are read when it starts."""
    if not hasattr(signal, "sigtimedwait"):
        raise Unavailable("this system can only serve with one worker")
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until there are workers to be replaced
    number = settings.server.workers
    database = configured_database(settings)
    if not database.is_persistent:
        raise BadSettings(f"{variable('workers')}: {database} ends with its process, and has one")
    run(prepare(settings))
    slots = Slots(3 * number)  # while one ends, the next serves, and another one may start
    with listener, database.shared() as shared:
        supervisor = Supervisor(
            partial(
                _serve_at,
                lambda: settings_of_each(read(), number),
                _Common(listener, shared, slots),
            ),
            number,
            start_seconds=settings.server.start_seconds,
            stop_seconds=seconds_to_stop(settings),
            unready_seconds=settings.server.unready_seconds,
        )
        gc.freeze()  # what the workers share is copied when the collector touches it
        try:
            supervisor.run(
                started=lambda: logger.info("all %d workers serve", number),
                look=partial(_renew, shared),
                stopping=listener.close,
            )
        except StartFailed as error:
            sys.exit(error.code if error.code > 0 else SOFTWARE)
    logger.info("all workers have stopped")


class _Common(NamedTuple):
    """What all processes have from their supervisor."""

    listener: socket.socket
    database: SharedDatabase
    slots: Slots


def _serve_at(read: Callable[[], Settings], common: _Common, place: int, reins: Reins) -> None:
    """Serve at one of the places, in a process that was forked for it."""
    with exit_code_of():
        settings = read()
        worker = Worker(place, common.database, reins.is_draining, common.slots)
        with logging_to_stderr(settings.log, f"worker-{place}") as log:
            run(_work(settings, common.listener, worker, reins, log))


async def _work(
    settings: Settings, listener: socket.socket, worker: Worker, reins: Reins, log: LogWriter
) -> None:
    with server.stop_signals([signal.SIGTERM, signal.SIGINT]) as stop:
        reins.obey(stop)
        await server.serve(settings, listener, stop, reins.say_started, worker, log=log)


def _renew(database: SharedDatabase, supervisor: Supervisor) -> None:
    """Let workers open the database that has been put in the place of theirs."""
    if database.is_replaced:
        logger.warning("the database was replaced: the workers are started anew")
        supervisor.stop_all()
        database.renew()
        supervisor.start_all()
