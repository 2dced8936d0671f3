"""`python -m benchmarks NAME`: every benchmark is a sub-command that prints a table."""

import click

from benchmarks.core.command import core
from benchmarks.core.instructions import instructions
from benchmarks.service.alike import alike
from benchmarks.service.cache import cache
from benchmarks.service.command import service
from benchmarks.service.growth import growth
from benchmarks.service.guard import app
from benchmarks.service.guessing import guessing
from benchmarks.service.holter import holter
from benchmarks.service.overload import overload
from benchmarks.service.postgres import postgres
from benchmarks.service.queueing import queue
from benchmarks.service.signing_in import signing_in
from benchmarks.service.stages import stages
from benchmarks.service.sustained import sustained
from benchmarks.service.workers import workers


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Measure the service beside its peers, on this machine and in one run."""


COMMANDS = (
    alike,
    app,
    cache,
    core,
    growth,
    guessing,
    holter,
    instructions,
    overload,
    postgres,
    queue,
    service,
    signing_in,
    stages,
    sustained,
    workers,
)
for command in COMMANDS:
    main.add_command(command)

if __name__ == "__main__":
    main()
