"""One blocking connection, for what a request takes where no other is on its way."""

import time
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from benchmarks.service.load.wrk import Request
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.running import AUTHORIZATION, Running

PATIENCE = 120.0


@dataclass(frozen=True, slots=True)
class Client:
    """Sends a request after the other."""

    wire: HTTPConnection

    def seconds(self, request: Request) -> float:
        """Return how long the whole answer takes; raises if it is not a success."""
        method = "GET" if request.body is None else "POST"
        headers = {"Authorization": AUTHORIZATION, **request.headers}
        start = time.perf_counter()
        self.wire.request(method, request.path, request.body, headers)
        answer = self.wire.getresponse()
        content = answer.read()
        taken = time.perf_counter() - start
        if answer.status >= 400:
            msg = f"{request.path}: {answer.status} {content!r}"
            raise RuntimeError(msg)
        return taken


@contextmanager
def connected(server: Running) -> Generator[Client]:
    with closing(HTTPConnection(HOST, server.port, timeout=PATIENCE)) as wire:
        yield Client(wire)
