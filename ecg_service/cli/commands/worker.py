"""`ecg worker`: computes insights for services that leave it to Celery."""

import click

from ecg_service.bootstrap import server
from ecg_service.bootstrap.computing import work
from ecg_service.bootstrap.logs import logging_to_stderr
from ecg_service.cli.options import configured, database_option
from ecg_service.cli.runtime import run
from ecg_service.settings import Settings


@click.command()
@database_option
def worker(*, database_url: str | None) -> None:
    """Compute insights in the background until SIGTERM or Ctrl-C.

    With ECG_TASKS=celery the services on the same PostgreSQL database and the same ECG_BROKER_URL
    leave insights to workers: start one for each processor. When stopped, a worker finishes what
    it has begun and exits with 0. It logs to standard error.
    """
    settings = configured(database_url=database_url)
    with logging_to_stderr(settings.log):
        run(_work(settings))


async def _work(settings: Settings) -> None:
    with server.stop_signals() as stop:
        await work(settings, stop)
