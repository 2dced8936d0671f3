"""`just bench guessing`: honest users beside 500 wrong passwords a second, in an open loop."""

import base64
from collections.abc import Iterator, Sequence
from itertools import count

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
ATTACKS = {"one address": 1, "a thousand addresses": 1_000}
NAMES = count()


@click.command()
@click.option("--seconds", default=10, show_default=True, help="Of each load.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def guessing(*, seconds: int, check: bool) -> None:
    """Measure honest requests beside 500 wrong passwords a second, over a thousand accounts.

    Addresses are what X-Forwarded-For says. The honest come from others than those who guess.
    """
    with (
        pinned({LOAD_CPU}),
        folder() as place,
        running("serve", place / "ecg.db", {"ECG_TRUSTED_PROXIES": HOST}) as server,
    ):
        loads = uvloop.run(_measure(server, seconds))
    _show(loads)
    missed = [*_missed(loads)]
    if check and missed:
        raise click.ClickException("missed are\n" + "\n".join(missed))


Loads = dict[str, list[Answer]]


async def _measure(server: Running, seconds: int) -> Loads:
    client, loads = Client(HOST, server.port), Loads()
    loads["nobody guesses"] = await offer(client, _honest(server, seconds), seconds)
    for name, addresses in ATTACKS.items():
        streams = [*_honest(server, seconds), *_guesses(seconds, addresses)]
        loads[name] = await offer(client, streams, seconds)
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


def _guesses(seconds: int, addresses: int) -> Iterator[Stream]:
    """Yield each guess, another wrong password for one account after the other."""
    for number in range(GUESSES * seconds):
        name, address = f"account{number % ACCOUNTS}", number % addresses
        request = _get(name, f"wrong {number}", f"192.0.{address // 250}.{address % 250}")
        yield Stream("guess", request, 1 / seconds)


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
    alone, *attacked = loads.values()
    for name, answers in zip(ATTACKS, attacked, strict=True):
        for sender in ("remembered", "first", "registered"):
            mine = _of(answers, sender)
            if not all(200 <= answer.status < 300 for answer in mine):
                yield f"{name}: all answered of {sender}"
            if _p99(mine) > SLOWER * _p99(_of(alone, sender)):
                yield f"{name}: p99 of {sender}"


def _of(answers: Sequence[Answer], sender: str) -> list[Answer]:
    return [answer for answer in answers if answer.sender == sender]


def _p99(answers: Sequence[Answer]) -> float:
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[min(len(seconds) - 1, len(seconds) * 99 // 100)]


def _show(loads: Loads) -> None:
    table = Table("guesses from", "request", "statuses", "p50 ms", "p99 ms", "of p99 alone")
    alone, *_ = loads.values()
    for name, answers in loads.items():
        for sender in dict.fromkeys(answer.sender for answer in answers):
            table.add_row(name, sender, *_row(_of(answers, sender), _of(alone, sender)))
    Console(width=120).print(table)


def _row(answers: Sequence[Answer], alone: Sequence[Answer]) -> tuple[str, str, str, str]:
    statuses = [answer.status for answer in answers]
    counted = (f"{statuses.count(status)} x {status}" for status in sorted({*statuses}))
    median = sorted(answer.seconds for answer in answers)[len(answers) // 2]
    ratio = f"{_p99(answers) / _p99(alone):.2f}" if alone else ""
    return ", ".join(counted), f"{1000 * median:.1f}", f"{1000 * _p99(answers):.1f}", ratio
