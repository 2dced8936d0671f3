"""Authenticated reads beside a Litestar handler that answers with the same ECG ready-made."""

import shutil
import statistics
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import click
import httpx
from rich.console import Console
from rich.table import Table

from benchmarks.load import reads_per_second, require_wrk
from benchmarks.servers import URL, USER, running
from benchmarks.workloads import SIZES, body

READY = "ready-made, 12 x 5,000"
WHOLE = "12 x 5,000"
GOALS = {WHOLE: 0.45}
HOUR = 3600 * 500
SERVER_CPU, LOAD_CPU = 0, 1


@click.command()
@click.option("--rounds", default=15, show_default=True, help="Each measures all once.")
@click.option("--seconds", default=2, show_default=True, help="Of load, for each measurement.")
@click.option("--connections", default=16, show_default=True)
@click.option("--check", is_flag=True, help="Fail where the goal is missed.")
def reads(*, rounds: int, seconds: int, connections: int, check: bool) -> None:
    """Measure reads, server and load on one core each, in turn, medians of all rounds."""
    require_wrk()
    folder = Path(tempfile.mkdtemp(prefix=".ecg-bench-", dir=Path("/dev/shm")))
    rates: dict[str, list[float]] = {}
    try:
        for _ in range(rounds):
            for name, path in _paths(folder):
                found = reads_per_second(
                    path, connections=connections, seconds=seconds, cpu=LOAD_CPU
                )
                rates.setdefault(name, []).append(found)
    finally:
        shutil.rmtree(folder)
    _show(rates)
    if check and _ratio(rates, WHOLE) < GOALS[WHOLE]:
        raise click.ClickException("the goal is missed")


def _paths(folder: Path) -> Generator[tuple[str, str]]:
    """Yield what to read while its server runs, by name."""
    with running("ready", SERVER_CPU, None):
        yield READY, "/ecg"
    with _stored(folder) as (ecg, hour):
        yield WHOLE, f"/ecg/{ecg}"
        yield f"{WHOLE}, without samples", f"/ecg/{ecg}?signals=false"
        yield "500 samples of one lead", f"/ecg/{ecg}/leads/1?start=1000&stop=1500"
        yield "an hour in 2,000 points", f"/ecg/{hour}/leads/0?max_points=2000"
        yield "500 samples of an hour", f"/ecg/{hour}/leads/0?start=900000&stop=900500"


@contextmanager
def _stored(folder: Path) -> Generator[list[str]]:
    with running("service", SERVER_CPU, folder / "ecg.db"):
        yield [_store(content) for content in (body(SIZES[WHOLE]), _hour())]


def _hour() -> bytes:
    signal = ",".join(str(n * 7919 % 4096 - 2048) for n in range(HOUR))
    return b'{"id":"hour","leads":[{"name":"II","signal":[%b]}]}' % signal.encode()


def _store(content: bytes) -> str:
    headers = {"Content-Type": "application/json"}
    answer = httpx.post(f"{URL}/ecg", content=content, auth=USER, headers=headers, trust_env=False)
    return answer.raise_for_status().json()["ecg_id"]


def _ratio(rates: dict[str, list[float]], name: str) -> float:
    """Return the median of the ratios of the rounds."""
    return statistics.median(
        mine / ready for mine, ready in zip(rates[name], rates[READY], strict=True)
    )


def _show(rates: dict[str, list[float]]) -> None:
    table = Table("read", "requests/s", "ms of the core", "of ready-made")
    for name, found in rates.items():
        rate = statistics.median(found)
        goal = f" (goal {GOALS[name]})" if name in GOALS else ""
        table.add_row(
            name, f"{rate:,.0f}", f"{1000 / rate:.2f}", f"{_ratio(rates, name):.2f}{goal}"
        )
    Console().print(table)
