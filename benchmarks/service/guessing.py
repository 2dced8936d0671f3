"""`just bench guessing`: honest users beside 500 wrong passwords a second, in an open loop.

Any 500 requests a second take their part of the processor from who shares it. How much that is, say as many
requests that ask for nothing: what wrong passwords take beyond them is what guessing takes.
"""

import base64
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count, product

import click
import httpx
import msgspec
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks.service.load.open_loop import Answer, Client, Stream, offer
from benchmarks.service.servers.apps import HOST
from benchmarks.service.servers.processes import LOAD_CPU, PATIENCE, pinned
from benchmarks.service.servers.running import ADMIN, USER, Running, running
from benchmarks.service.servers.stores import folder

GUESSES, ACCOUNTS = 500, 1_000
"""A second, and over how many accounts."""
REMEMBERED, FIRST, REGISTERED = 50, 5, 2
"""Honest requests a second: of a user who is remembered, of those who sign in first, of an admin."""
SLOWER = 1.2
PASSWORD = "benchmark-user"
HONEST, GUESS = ("remembered", "first", "registered"), "guess"
ALONE, IDLE = "nobody", "requests of /health/live"
ATTACKS = {"guesses from one address": 1, "from a thousand addresses": 1_000}
"""From how many addresses the guesses come."""
LOADS = (ALONE, IDLE, *ATTACKS)
NAMES = count()


@click.command()
@click.option("--seconds", default=7, show_default=True, help="Of each load.")
@click.option("--rounds", default=5, show_default=True, help="Of all loads in turns.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def guessing(*, seconds: int, rounds: int, check: bool) -> None:
    """Measure honest requests beside 500 wrong passwords a second, over a thousand accounts, and as many other requests.

    Addresses are what X-Forwarded-For says. The honest come from others than those who guess.
    """
    with (
        pinned({LOAD_CPU}),
        folder() as place,
        running("serve", place / "ecg.db", {"ECG_TRUSTED_PROXIES": HOST}) as server,
    ):
        measured = uvloop.run(_measure(server, seconds, rounds))
    _show(measured)
    missed = [*_missed(measured)]
    if check and missed:
        raise click.ClickException("missed are\n" + "\n".join(missed))


Loads = dict[str, list[Answer]]
"""The answers by load, of all rounds: one round has too few sign-ins for a 99th percentile."""


async def _measure(server: Running, seconds: int, rounds: int) -> Loads:
    client, loads = Client(HOST, server.port), Loads()
    for _ in range(rounds):
        for name in LOADS:
            streams = [*_honest(server, seconds), *_others(name, seconds)]
            loads.setdefault(name, []).extend(await offer(client, streams, seconds))
    client.close()
    return loads


def _honest(server: Running, seconds: int) -> list[Stream]:
    names = [f"user{next(NAMES)}" for _ in range(FIRST * seconds)]
    with httpx.Client(base_url=server.url, auth=ADMIN, timeout=PATIENCE, trust_env=False) as admin:
        for name in names:
            admin.post("/users", json=_account(name)).raise_for_status()
    once = 1 / seconds
    registrations = (f"user{next(NAMES)}" for _ in range(REGISTERED * seconds))
    return [
        Stream("remembered", _get(*USER, "198.51.100.1"), REMEMBERED),
        *(Stream("first", _get(name, PASSWORD, "198.51.100.2"), once) for name in names),
        *(Stream("registered", _register(name), once) for name in registrations),
    ]


def _others(load: str, seconds: int) -> Iterator[Stream]:
    """Yield what is sent beside the honest."""
    if load in ATTACKS:
        yield from _guesses(seconds, ATTACKS[load])
    elif load == IDLE:
        yield Stream(IDLE, f"GET /health/live HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(), GUESSES)


def _guesses(seconds: int, addresses: int) -> Iterator[Stream]:
    """Yield each guess, another wrong password for one account after the other."""
    for number in range(GUESSES * seconds):
        name, address = f"account{number % ACCOUNTS}", number % addresses
        request = _get(name, f"wrong {number}", f"192.0.{address // 250}.{address % 250}")
        yield Stream(GUESS, request, 1 / seconds)


def _account(name: str) -> dict[str, str]:
    return {"username": name, "password": PASSWORD}


def _get(name: str, password: str, address: str) -> bytes:
    return _head("GET /users/me", (name, password), address) + b"\r\n"


def _register(name: str) -> bytes:
    body = msgspec.json.encode(_account(name))
    fields = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return _head("POST /users", ADMIN, "198.51.100.3") + fields.encode() + body


def _head(target: str, credentials: tuple[str, str], address: str) -> bytes:
    basic = base64.b64encode(":".join(credentials).encode()).decode()
    return (
        f"{target} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Basic {basic}\r\n"
        f"X-Forwarded-For: {address}\r\n"
    ).encode()


def _missed(loads: Loads) -> Iterator[str]:
    """Say which goals were missed."""
    for load, sender in product(loads, HONEST):
        if not all(200 <= answer.status < 300 for answer in _of(loads[load], sender)):
            yield f"{load}: all answered of {sender}"
        if load in ATTACKS and (ratio := _ratio(loads, load, sender, IDLE)) > SLOWER:
            yield f"{load}: p99 of {sender} is {ratio:.2f} times that beside {IDLE}, not {SLOWER}"


def _of(answers: Sequence[Answer], sender: str) -> list[Answer]:
    return [answer for answer in answers if answer.sender == sender]


def _ratio(loads: Loads, load: str, sender: str, other: str) -> float:
    """Return how many times as long the 99th percentile is as beside the other load."""
    here, there = (_of(loads[name], sender) for name in (load, other))
    return _seconds(here, 0.99) / _seconds(there, 0.99)


def _seconds(answers: Sequence[Answer], share: float) -> float:
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(len(seconds) - 1, int(len(seconds) * share))]


def _show(loads: Loads) -> None:
    columns = ("beside", "request", "statuses", "p50 ms", "p99 ms", "of alone", "of /health/live")
    table = Table(*columns, title="honest requests, and what is sent beside them")
    for load in loads:
        for sender in (*HONEST, GUESS) if load in ATTACKS else HONEST:
            table.add_row(load, sender, *_row(loads, load, sender))
    Console(width=140).print(table)


def _row(loads: Loads, load: str, sender: str) -> Iterator[str]:
    answers = _of(loads[load], sender)
    counted = Counter(answer.status for answer in answers)
    yield ", ".join(f"{counted[status]} x {status}" for status in sorted(counted))
    yield from (f"{1000 * _seconds(answers, share):.1f}" for share in (0.5, 0.99))
    if sender != GUESS:
        yield from (f"{_ratio(loads, load, sender, other):.2f}" for other in (ALONE, IDLE))
