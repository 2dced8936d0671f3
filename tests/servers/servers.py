"""All servers of the tests' own, each started when it is needed for the first time."""

import tempfile
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.authority import Certificate, authority, certified
from tests.servers.postgres import OwnPostgres, own_postgres
from tests.servers.rabbitmq import OwnRabbitMQ, own_rabbitmq


class Servers:
    """They run until the block ends, and their certificates are by one authority."""

    def __init__(self) -> None:
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)

    @cached_property
    def certificate(self) -> Certificate:
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory()))
        return certified(folder, authority(folder, "authority"))

    @cached_property
    def postgres(self) -> OwnPostgres:
        return self._stack.enter_context(own_postgres(self.certificate))

    @cached_property
    def rabbitmq(self) -> OwnRabbitMQ:
        return self._stack.enter_context(own_rabbitmq(self.certificate))
