"""What requests take of a service that stores many ECGs, beside one that stores few."""

import random
import statistics
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import apsw

from benchmarks.service.load.client import Client, connected
from benchmarks.service.load.wrk import Request
from benchmarks.service.rows import JSON
from benchmarks.service.servers.processes import processor_seconds
from benchmarks.service.servers.running import Running, running
from benchmarks.service.servers.stores import folder, wait_for_insights
from benchmarks.workloads import body
from ecg_service.adapters.sqlite.engine.sql import execute

SHORT, FEW = 50, 1_000
ITEMS = 1_000
"""ECGs in a batch that fills a store."""
REQUESTS = 20
"""How many of a kind are sent in a round, so that those stored with few stay few."""

Ask = Callable[[Sequence[str]], Request]
ASKS: Mapping[str, Ask] = {
    "POST": lambda _: Request(body=body(SHORT), headers={"Content-Type": JSON}),
    "GET": lambda ids: Request(f"/ecg/{random.choice(ids)}"),
    "GET insights": lambda ids: Request(f"/ecg/{random.choice(ids)}/insights"),
    "list 100": lambda _: Request("/ecg?page_size=100"),
}


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one request, in seconds: the median until its answer, and the mean of the processor."""

    latency: float
    processor: float


@dataclass(frozen=True, slots=True)
class Store:
    """A running service, a connection to it, and its database."""

    server: Running
    client: Client
    database: Path

    def fill(self, ecgs: int) -> None:
        """Store short ECGs until there are so many, with all their insights."""
        item, headers = body(SHORT) + b"\n", {"Content-Type": "application/x-ndjson"}
        while (missing := ecgs - self._last()) > 0:
            content = min(missing, ITEMS) * item
            self.client.seconds(Request("/ecg/batch", content, headers))
        wait_for_insights(self.database)

    def ids(self) -> Sequence[str]:
        """Return the ids of some ECGs of all ages."""
        some = random.choices(range(1, self._last() + 1), k=REQUESTS)
        rows = [self._ask(f"SELECT id FROM ecgs WHERE pk = {number}") for number in some]
        return [str(UUID(bytes=key)) for key in rows if isinstance(key, bytes)]

    def measure(self, ask: Ask) -> Taken:
        ids, before = self.ids(), processor_seconds(self.server.pid)
        latencies = [self.client.seconds(ask(ids)) for _ in range(REQUESTS)]
        taken = processor_seconds(self.server.pid) - before
        return Taken(statistics.median(latencies), taken / REQUESTS)

    def _last(self) -> int:
        return int(str(self._ask("SELECT coalesce(max(pk), 0) FROM ecgs")))

    def _ask(self, statement: str) -> object:
        flags = apsw.SQLITE_OPEN_READONLY
        with closing(apsw.Connection(str(self.database), flags)) as connection:
            return execute(connection, statement)[0][0]


@contextmanager
def _store() -> Generator[Store]:
    with (
        folder() as place,
        running("service", place / "ecg.db") as server,
        connected(server) as client,
    ):
        yield Store(server, client, place / "ecg.db")


Pairs = Mapping[str, Sequence[tuple[Taken, Taken]]]
"""By what was asked: in each round of many, then of few."""


def measure(counts: Sequence[int], rounds: int) -> Iterator[tuple[int, Pairs]]:
    """Yield what is found at each of these numbers of stored ECGs."""
    with _store() as many, _store() as few:
        few.fill(FEW)
        for count in counts:
            many.fill(count)
            found: dict[str, list[tuple[Taken, Taken]]] = {name: [] for name in ASKS}
            for _ in range(rounds):
                for name, ask in ASKS.items():
                    found[name].append((many.measure(ask), few.measure(ask)))
            yield count, found
