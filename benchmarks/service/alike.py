"""`just bench alike`: whether the time of an answer tells what it does not say: what is there, and who."""

import base64
import json
import os
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, repeat
from statistics import median, quantiles
from time import process_time
from typing import Any, cast
from uuid import UUID

import click
import uvloop
from litestar.types import ASGIApp
from rich.console import Console
from rich.table import Table

from benchmarks.service.servers.processes import children, pinned, processor_seconds
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body
from ecg_service.api.app import create_app
from ecg_service.api.state import Services
from ecg_service.bootstrap.process import tune
from ecg_service.bootstrap.service import running_services
from ecg_service.domain import opaque
from ecg_service.domain.ids import next_id
from ecg_service.domain.opaque import Opaque, Prefix, new_secret
from ecg_service.domain.principal import Scope
from ecg_service.settings import AccessSettings, AdminSettings, Settings, StoreSettings

ANN, BOB, GONE, PASSWORD = "ann", "bob", "gone", "correct horse battery"
MISSING = "01890000-0000-7000-8000-000000000000"
APART = 0.05
"""How far the median of a ratio may be from 1."""
TRIES = 3
"""A busy neighbour sets one run apart, a service that tells sets all of them."""
UNTRIED = [f"user{number}" for number in range(50)]
"""Users of whom each is tried twice, so that nobody is suspect."""
NUMBERS = iter(range(10**9))

Ask = Callable[[], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two requests with the same answer, each so many times at once; with how many pairs."""

    name: str
    one: Ask
    other: Ask
    status: int
    times: int


@click.command()
@click.option("--pairs", default=100, show_default=True, help="How often each two are compared.")
@click.option("--database-url", metavar="URL", help="An empty database; default: SQLite on tmpfs.")
@click.option("--check", is_flag=True, help=f"Fail if medians are more than {APART:.0%} apart.")
def alike(*, pairs: int, database_url: str | None, check: bool) -> None:
    """Measure requests that must not be told apart, in turns, by the time of the processor."""
    with pinned({max(os.sched_getaffinity(0))}):
        found = uvloop.run(_measure(pairs, database_url))
        _show(found)
        far = _far(found)
        for _ in range(TRIES - 1 if check else 0):
            far = far and far & _far(uvloop.run(_measure(pairs, database_url)))
    if check and far:
        raise click.ClickException(f"told apart: {'; '.join(sorted(far))}")


Found = Mapping[str, Sequence[float]]
"""Of each two the ratios of their times."""


def _far(found: Found) -> set[str]:
    return {name for name, ratios in found.items() if abs(median(ratios) - 1) > APART}


async def _measure(pairs: int, url: str | None) -> Found:
    async with _pairs(url) as asked:
        tune()
        return {pair.name: [await _ratio(pair, at) for at in range(pairs)] for pair in asked}


async def _ratio(pair: Pair, at: int) -> float:
    """Whoever comes second has what the first left behind, so they take turns."""
    if at % 2:
        other = await _seconds(pair.other, pair)
        return await _seconds(pair.one, pair) / other
    return await _seconds(pair.one, pair) / await _seconds(pair.other, pair)


async def _seconds(ask: Ask, pair: Pair) -> float:
    begun = _processor()
    for _ in range(pair.times):
        if (status := await ask()) != pair.status:
            msg = f"{pair.name}: {status}"
            raise RuntimeError(msg)
    return _processor() - begun


def _processor() -> float:
    """Return what this process has taken, and the one that verifies passwords of who is suspect."""
    return process_time() + sum(map(processor_seconds, children(os.getpid())))


@asynccontextmanager
async def _pairs(url: str | None) -> AsyncGenerator[list[Pair]]:
    with folder() as place:
        settings = Settings(
            store=StoreSettings(url or f"sqlite:///{place / 'ecg.db'}"),
            admin=AdminSettings("admin", PASSWORD),
            access=AccessSettings(token_keys=str(place / "keys"), credential_recheck_seconds=300),
        )
        async with running_services(settings) as services:
            for name in (ANN, BOB, GONE, *UNTRIED):
                await services.users.register(name, PASSWORD)
            await services.users.update(GONE, disabled=True)
            app = create_app(services)
            yield [*await _of_objects(app, services), *await _of_credentials(app, services)]


async def _of_objects(app: ASGIApp, services: Services) -> list[Pair]:
    """Return what is asked for by who may not know that it is there, beside what is not."""
    ann, bob = _basic(ANN, PASSWORD), _basic(BOB, PASSWORD)
    of_another, deleted = [await _store(app, bob), await _store(app, ann)]
    await _ask(app, f"DELETE /ecg/{deleted}", ann)
    _, key = await services.api_keys.create(BOB, "x", frozenset([Scope.READ]))
    objects = {"another's": of_another, "deleted": deleted, "malformed": "x"}
    routes = ("GET /ecg/{}", "GET /ecg/{}?signals=false", "GET /ecg/{}/leads/0")
    more = ("GET /ecg/{}/insights", "DELETE /ecg/{}")
    found = [
        _against_missing(app, route, what, named)
        for route in (*routes, *more)
        for what, named in objects.items()
    ]
    keys = {"another's": str(key.id), "malformed": "x"}
    return found + [_against_missing(app, "DELETE /api-keys/{}", *one) for one in keys.items()]


def _against_missing(app: ASGIApp, route: str, what: str, named: str) -> Pair:
    ann = _basic(ANN, PASSWORD)
    return Pair(
        f"{route.format('…')}: {what}, missing",
        lambda: _ask(app, route.format(named), ann),
        lambda: _ask(app, route.format(MISSING), ann),
        404,
        times=20,
    )


async def _of_credentials(app: ASGIApp, services: Services) -> list[Pair]:
    """Return who is refused, beside who is nobody; each from an address that has guessed nothing."""
    made, _ = await services.api_keys.create(ANN, "x", frozenset([Scope.READ]))
    known = opaque.read(opaque.Prefix.API_KEY, made)
    assert known

    def asking(credentials: Callable[[], str]) -> Ask:
        return lambda: _ask(app, "GET /users/me", credentials(), f"192.0.2.{next(NUMBERS)}")

    def guessing(names: Iterable[str]) -> Ask:
        name = iter(names)
        return asking(lambda: _basic(next(name), f"wrong {next(NUMBERS)}"))

    def bearing(name: Callable[[], UUID]) -> Ask:
        return asking(lambda: f"Bearer {Opaque(name(), new_secret()).written(Prefix.API_KEY)}")

    of = {
        "wrong": (cycle(UNTRIED), cycle(f"nobody{number}" for number in range(len(UNTRIED)))),
        "suspect": (repeat(ANN), repeat("nobody")),
        "of a disabled user": (repeat(GONE), repeat("nobody else")),
    }
    passwords = [
        Pair(f"password: {what}, of nobody", guessing(user), guessing(nobody), 401, times=1)
        for what, (user, nobody) in of.items()
    ]
    keys = bearing(lambda: known.id), bearing(next_id)
    return [*passwords, Pair("key: of a known id, of none", *keys, 401, times=20)]


async def _store(app: ASGIApp, authorization: str) -> str:
    """Store a large ECG, so that reading it would show."""
    sent = body(SIZES["12 x 5,000"])
    found = await _answer(app, "POST /ecg", authorization, "", sent)
    return json.loads(found[1]["body"])["ecg_id"]


async def _ask(app: ASGIApp, asked: str, authorization: str, address: str = "127.0.0.1") -> int:
    return (await _answer(app, asked, authorization, address))[0]["status"]


async def _answer(
    app: ASGIApp,
    asked: str,
    authorization: str,
    address: str,
    sent: bytes = b"",
) -> Sequence[Mapping[str, Any]]:
    method, url = asked.split()
    path, _, query = url.partition("?")
    found = list[Mapping[str, Any]]()
    coming = iter([{"type": "http.request", "body": sent, "more_body": False}])

    async def receive() -> Mapping[str, Any]:
        return next(coming, {"type": "http.disconnect"})

    async def send(message: Mapping[str, Any]) -> None:
        found.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (b"authorization", authorization.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(sent)),
        ],
        "client": (address, 1),
        "server": ("127.0.0.1", 2),
        "state": {},
    }
    await cast("Any", app)(scope, receive, send)
    return found


def _basic(name: str, password: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{password}'.encode()).decode()}"


def _show(found: Found) -> None:
    table = Table("asked", "median of ratios", "quartiles", caption=f"{APART:.0%} at most from 1")
    for name, ratios in found.items():
        low, _, high = quantiles(ratios, n=4)
        table.add_row(name, f"{median(ratios):.3f}", f"{low:.3f} to {high:.3f}")
    Console(width=120).print(table)
