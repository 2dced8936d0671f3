"""`just bench guessing`: honest users beside 500 wrong passwords a second, in an open loop."""

import base64
from collections.abc import Iterator, Sequence
from itertools import count
from statistics import median

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
ALONE = "nobody"
ATTACKS = {"one address": 1, "a thousand addresses": 1_000}
NAMES = count()


@click.command()
@click.option("--seconds", default=7, show_default=True, help="Of each load.")
@click.option("--rounds", default=5, show_default=True, help="Of all loads in turns.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def guessing(*, seconds: int, rounds: int, check: bool) -> None:
    """Measure honest requests beside 500 wrong passwords a second, over a thousand accounts.

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
"""The answers to one round, by load."""


async def _measure(server: Running, seconds: int, rounds: int) -> list[Loads]:
    client = Client(HOST, server.port)
    measured = [await _round(client, server, seconds) for _ in range(rounds)]
    client.close()
    return measured


async def _round(client: Client, server: Running, seconds: int) -> Loads:
    loads = {ALONE: await offer(client, _honest(server, seconds), seconds)}
    for name, addresses in ATTACKS.items():
        streams = [*_honest(server, seconds), *_guesses(seconds, addresses)]
        loads[name] = await offer(client, streams, seconds)
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


def _missed(rounds: Sequence[Loads]) -> Iterator[str]:
    """Say which goals were missed."""
    for load in ATTACKS:
        for sender in HONEST:
            answers = _answers(rounds, load, sender)
            if not all(200 <= answer.status < 300 for answer in answers):
                yield f"{load}: all answered of {sender}"
            if (ratio := _ratio(rounds, load, sender)) > SLOWER:
                yield f"{load}: p99 of {sender} is {ratio:.2f} times that alone, not {SLOWER}"


def _answers(rounds: Sequence[Loads], load: str, sender: str) -> list[Answer]:
    return [answer for loads in rounds for answer in _of(loads[load], sender)]


def _of(answers: Sequence[Answer], sender: str) -> list[Answer]:
    return [answer for answer in answers if answer.sender == sender]


def _quantile(rounds: Sequence[Loads], load: str, sender: str, share: float) -> float:
    """Return the median over the rounds of this quantile of the seconds."""
    return median(_seconds(_of(loads[load], sender), share) for loads in rounds)


def _ratio(rounds: Sequence[Loads], load: str, sender: str) -> float:
    """Return the median of how many times as long the 99th percentile is as alone in the same round."""
    return median(
        _seconds(_of(loads[load], sender), 0.99) / _seconds(_of(loads[ALONE], sender), 0.99)
        for loads in rounds
    )


def _seconds(answers: Sequence[Answer], share: float) -> float:
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(len(seconds) - 1, int(len(seconds) * share))]


def _show(rounds: Sequence[Loads]) -> None:
    table = Table("guesses from", "request", "statuses", "p50 ms", "p99 ms", "of p99 alone")
    for load in rounds[0]:
        for sender in HONEST if load == ALONE else (*HONEST, GUESS):
            table.add_row(load, sender, *_row(rounds, load, sender))
    Console(width=120).print(table)


def _row(rounds: Sequence[Loads], load: str, sender: str) -> tuple[str, str, str, str]:
    statuses = [answer.status for answer in _answers(rounds, load, sender)]
    counted = (f"{statuses.count(status)} x {status}" for status in sorted({*statuses}))
    half, most = (1000 * _quantile(rounds, load, sender, share) for share in (0.5, 0.99))
    ratio = "" if sender == GUESS else f"{_ratio(rounds, load, sender):.2f}"
    return ", ".join(counted), f"{half:.1f}", f"{most:.1f}", ratio
