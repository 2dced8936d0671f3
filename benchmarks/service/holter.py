"""`just bench holter`: a recording of 24 hours, sent, read in windows and whole, and short ECGs beside it."""

import asyncio
import base64
import json
import multiprocessing
import os
import statistics
import time
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import click
import httpx
import msgspec
from rich.console import Console
from rich.table import Table

from benchmarks.service.load.client import connected
from benchmarks.service.load.open_loop import Client, Stream, offer
from benchmarks.service.load.wrk import Request
from benchmarks.service.rows import JSON, MSGPACK
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.processes import LOAD_CPU, megabytes, pinned
from benchmarks.service.servers.running import ADMIN, AUTHORIZATION, USER, Running, running
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import body, ecg

LEADS, RATE = 3, 250
DAY, HOURS = 24 * 3600 * RATE, 2 * 3600 * RATE
WINDOW = 10 * RATE
READS = 25
SHORTS, SECONDS = 100, 15
PIECE, GIGABIT = 500_000, 125_000_000
"""Bytes that are sent at once, and a second, to be as fast as a network of 1 Gbit/s."""
SETTINGS = {
    "ECG_MAX_BODY_BYTES": "400000000",
    "ECG_MAX_BYTES_IN_FLIGHT": "1700000000",
    "ECG_MAX_UNSENT_BYTES": "2000000000",
    "ECG_MAX_BODY_SECONDS": "300",
}
OF_BODY, OF_WINDOW, POINTS_MS, OF_SHORTS = 2.5, 1.5, 50.0, 2.0

OTHER = ("holter", USER[1])
Pieces = Callable[[bytes], Iterable[bytes]]
"""Yields a document in the pieces that are sent, in their time."""

Line = tuple[str, float, str, float | None]
"""What was measured, the figure and its unit, and what it may be at most."""


def _document(samples: int, media_type: str) -> bytes:
    """Return a recording of so many samples a lead."""
    signals, times = [lead["signal"] for lead in ecg(5_000)["leads"][:LEADS]], samples // 5_000
    if media_type == JSON:
        tiles = [json.dumps(signal, separators=(",", ":"))[1:-1] for signal in signals]
        texts = [f'{{"name":"I","signal":[{",".join([tile] * times)}]}}' for tile in tiles]
        return f'{{"leads":[{",".join(texts)}],"sampling_rate":{RATE}}}'.encode()
    packed = [array("h", signal).tobytes() * times for signal in signals]
    leads = [{"name": "I", "signal": one, "encoding": "i16le"} for one in packed]
    return msgspec.msgpack.encode({"leads": leads, "sampling_rate": RATE})


@click.command()
@click.option("--on-disk", is_flag=True, help="Store on disk, not on tmpfs.")
@click.option("--setting", "settings", multiple=True, help="NAME=VALUE for the service.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def holter(*, on_disk: bool, settings: tuple[str, ...], check: bool) -> None:
    """Measure a Holter of 3 x 24 hours x 250 Hz, server and load on one core each."""
    chosen = {**SETTINGS, **dict(one.split("=", 1) for one in settings)}
    with pinned({LOAD_CPU}):
        lines = [*_sent(chosen, on_disk=on_disk), *_beside(chosen, on_disk=on_disk)]
    table = Table("what", "figure", "unit", "at most")
    for what, figure, unit, most in lines:
        table.add_row(what, f"{figure:,.2f}", unit, "" if most is None else f"{most:g}")
    Console().print(table)
    missed = [what for what, figure, _, most in lines if most is not None and figure > most]
    if check and missed:
        raise click.ClickException(f"missed: {', '.join(missed)}")


def _sent(settings: Mapping[str, str], *, on_disk: bool) -> Iterator[Line]:
    """Send a day in each format, and read it, to a new process each."""
    for name, media_type in (("JSON", JSON), ("msgpack", MSGPACK)):
        document = _document(DAY, media_type)
        with folder(on_disk=on_disk) as place:
            database = place / "ecg.db"
            with running("service", database, settings) as server:
                path, seconds, grown = _post(server, document, media_type)
            yield f"POST {name} of {len(document) / 1e6:.0f} MB", seconds, "s", None
            yield f"POST {name}: memory", grown / (len(document) / 1e6), "of the body", OF_BODY
            with running("service", database, settings) as server:
                yield from _read(server, path, name, media_type)
                if media_type == JSON:
                    yield from _parts(server, path)


def _read(server: Running, path: str, name: str, media_type: str) -> Iterator[Line]:
    with connected(server) as client:
        request = Request(path, headers={"Accept": media_type})
        grown = _Growth(server.pid)
        yield f"GET {name}", client.seconds(request), "s", None
        yield f"GET {name}: memory", grown.megabytes(), "MB", None


def _parts(server: Running, day: str) -> Iterator[Line]:
    short, _, _ = _post(server, _document(HOURS, JSON), JSON)
    with connected(server) as client:

        def milliseconds(path: str) -> float:
            return 1000 * statistics.median(client.seconds(Request(path)) for _ in range(READS))

        def window(path: str, end: int) -> float:
            return milliseconds(f"{path}/leads/2?start={end - WINDOW}&stop={end}")

        first, last, few = window(day, WINDOW), window(day, DAY), window(short, HOURS)
        yield "10 s at the beginning of the day", first, "ms", None
        yield "10 s at its end", last, "ms", None
        yield "10 s at the end of two hours", few, "ms", None
        yield "the end of the day beside that of two hours", last / few, "times", OF_WINDOW
        points = milliseconds(f"{day}/leads/1?max_points=2000")
        yield "2,000 points of the day", points, "ms", POINTS_MS
        half = milliseconds(f"{day}/leads/1?start={DAY // 2}&max_points=2000")
        yield "2,000 points of half of it", half, "ms", POINTS_MS


def _whole(document: bytes) -> Iterable[bytes]:
    return (document,)


def _paced(document: bytes) -> Iterator[bytes]:
    begun = time.perf_counter()
    for start in range(0, len(document), PIECE):
        time.sleep(max(0, begun + start / GIGABIT - time.perf_counter()))
        yield document[start : start + PIECE]


class _Growth:
    """How much the memory of a process has grown at most since this was made (Linux)."""

    def __init__(self, pid: int) -> None:
        self._process = Path(f"/proc/{pid}")
        self._before = megabytes(pid)
        (self._process / "clear_refs").write_text("5")  # the peak begins anew

    def megabytes(self) -> float:
        status = (self._process / "status").read_text().split()
        return int(status[status.index("VmHWM:") + 1]) * 1024 / 1e6 - self._before


def _post(
    server: Running,
    document: bytes,
    media_type: str,
    authorization: str = AUTHORIZATION,
    pieces: Pieces = _whole,
) -> tuple[str, float, float]:
    """Return where the ECG is, how long it took, and how many megabytes the process grew."""
    with connected(server) as client:
        client.seconds(Request(body=body(500), headers={"Content-Type": JSON}))  # warm
        grown, start = _Growth(server.pid), time.perf_counter()
        headers = {
            "Authorization": authorization,
            "Content-Type": media_type,
            "Content-Length": str(len(document)),
        }
        client.wire.request("POST", "/ecg", pieces(document), headers)
        answer = client.wire.getresponse()
        content = answer.read()
        if answer.status != 201:
            raise click.ClickException(f"{answer.status} {content!r}")
        ecg_id = json.loads(content)["ecg_id"]
        return f"/ecg/{ecg_id}", time.perf_counter() - start, grown.megabytes()


def _beside(settings: Mapping[str, str], *, on_disk: bool) -> Iterator[Line]:
    """Send short ECGs of others alone, then while one Holter after the other is sent."""
    document = _document(DAY, JSON)
    with folder(on_disk=on_disk) as place, running("service", place / "ecg.db", settings) as server:
        _register_other(server)
        alone = _late(server, lambda: None)
        network = _late_beside(server, document, _paced)
        loopback = _late_beside(server, document, _whole)
    yield f"p99 of {SHORTS} short ECGs a second", alone, "ms", None
    yield "the same beside Holters over 1 Gbit/s", network, "ms", None
    yield "beside these and alone", network / alone, "times", OF_SHORTS
    yield "the same beside Holters as fast as they are taken", loopback, "ms", None


def _register_other(server: Running) -> None:
    """Make another user, of whose share the short ones take nothing, and who has signed in."""
    account = {"username": OTHER[0], "password": OTHER[1]}
    httpx.post(f"{server.url}/users", json=account, auth=ADMIN, trust_env=False).raise_for_status()
    httpx.get(f"{server.url}/ecg", auth=OTHER, trust_env=False).raise_for_status()


def _late_beside(server: Running, document: bytes, pieces: Pieces) -> float:
    sending = multiprocessing.get_context("fork").Process(
        target=_send_again_and_again, args=(server, document, pieces), daemon=True
    )
    late = _late(server, sending.start)
    sending.kill()
    sending.join()
    return late


def _send_again_and_again(server: Running, document: bytes, pieces: Pieces) -> None:
    """Take of the load's core only what the short ones leave."""
    os.nice(19)
    authorization = "Basic " + base64.b64encode(":".join(OTHER).encode()).decode()
    while True:
        _post(server, document, JSON, authorization, pieces)


def _late(server: Running, begin: Callable[[], object]) -> float:
    """Return the 99th percentile of the latency of short ECGs, in milliseconds."""
    content = body(500)
    head = (
        f"POST /ecg HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: {AUTHORIZATION}\r\n"
        f"Content-Type: {JSON}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    request = head.encode() + content

    async def run() -> list[float]:
        client = Client(HOST, server.port)
        await client.status_of(request)  # or those of the first tenth wait for the password's hash
        begin()
        answers = await offer(client, [Stream("short", request, SHORTS)], SECONDS)
        client.close()
        if refused := {one.status for one in answers} - {201}:
            raise click.ClickException(f"short ECGs were answered with {refused}")
        return [one.seconds for one in answers]

    return 1000 * statistics.quantiles(asyncio.run(run()), n=100)[98]
