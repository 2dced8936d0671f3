"""`ecg status`: shows in a terminal, or tells a script, whether a service is ready, and why."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

import click
import httpx
from rich.console import Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from ecg_service.adapters.http_client import HttpClient
from ecg_service.cli.console import console, made_table
from ecg_service.cli.exits import OK, REFUSED, Refused, Unavailable
from ecg_service.cli.options import password_file_option
from ecg_service.cli.remote import LOCAL_URL, basic_auth, http_url
from ecg_service.cli.runtime import run
from ecg_service.cli.send.client import route_to

COLOURS = {"pass": "green", "warn": "yellow", "fail": "red"}
INTERVAL = 1.0


@dataclass
class Seen:
    """The latest answer about health."""

    status: str = "fail"
    document: bytes = b""
    checks: tuple[tuple[str, dict[str, Any]], ...] = ()
    why: str = ""


@click.command()
@click.argument("url", callback=http_url, default=LOCAL_URL)
@click.option(
    "--username",
    envvar="ECG_USERNAME",
    show_envvar=True,
    help="An admin, who is told what the status follows from.",
)
@password_file_option
@click.option("--watch", is_flag=True, help="Look every second until Ctrl-C.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as it came.")
@click.pass_context
def status(
    context: click.Context,
    /,
    *,
    url: httpx.URL,
    username: str | None,
    password_file: BinaryIO | None,
    watch: bool,
    as_json: bool,
) -> None:
    """Show whether the service at URL is ready: "warn" if it is nearly overloaded, misses a part, or fails some writes.

    Exits with 0 for pass and warn, with 1 for fail, and with 69 if there is no answer. The password comes
    from --password-file, ECG_PASSWORD or the terminal.
    """
    auth = None if username is None else basic_auth(username, password_file)
    if watch:
        with suppress(KeyboardInterrupt):
            run(_watch(url, auth))
        return
    seen = run(_once(url, auth))
    if as_json:
        click.echo(seen.document)
    else:
        console().print(_shown(url, seen))
    context.exit(REFUSED if seen.status == "fail" else OK)


async def _once(url: httpx.URL, auth: httpx.BasicAuth | None) -> Seen:
    route = route_to(url)
    async with route.client(auth, jobs=1) as client:
        try:
            return await _look(client)
        except httpx.RequestError as error:
            raise Unavailable(f"no answer from {route}: {_reason(error)}") from error


async def _watch(url: httpx.URL, auth: httpx.BasicAuth | None) -> None:
    seen = Seen(why="no answer yet")
    async with route_to(url).client(auth, jobs=1) as client:
        with Live(_shown(url, seen), console=console(), auto_refresh=False) as live:
            while True:
                try:
                    seen = await _look(client)
                except httpx.RequestError as error:
                    seen = Seen(why=f"no answer: {_reason(error)}")
                live.update(_shown(url, seen), refresh=True)
                await asyncio.sleep(INTERVAL)


def _reason(error: httpx.RequestError) -> str:
    return str(error) or type(error).__name__


async def _look(client: HttpClient) -> Seen:
    """Ask; raises `Refused` for an answer that is not about health."""
    answer = await client.get("/health/checks" if client.auth else "/health/ready")
    try:
        found: Any = answer.json()
    except ValueError:
        found = None
    match found:
        case {"status": "pass" | "warn" | "fail" as status, **rest}:
            checks = cast("dict[str, list[dict[str, Any]]]", rest.get("checks", {}))
            each = tuple((name, one) for name, several in checks.items() for one in several)
            return Seen(status, answer.content, each)
        case {"title": str(title)} if (
            answer.is_server_error
        ):  # the store is away, and knows no admin
            return Seen("fail", answer.content, why=title)
        case {"title": str(title)}:
            raise Refused(f"{answer.status_code} {title}")
        case _:
            raise Refused(f"this is no ECG service: {answer.status_code} {answer.reason_phrase}")


def _shown(url: httpx.URL, seen: Seen) -> Group:
    """Return the status, and below it the checks."""
    first = Text.assemble((seen.status, f"bold {COLOURS[seen.status]}"), f"  {url}  {seen.why}")
    return Group(first, _table(seen)) if seen.checks else Group(first)


def _table(seen: Seen) -> Table:
    table = made_table(("check", "status", "observed", ""))
    for name, check in seen.checks:
        value = check.get("observedValue")
        observed = f"{value:.2f}" if isinstance(value, float) else str(value).lower()
        state = Text(check["status"], COLOURS.get(check["status"], ""))
        unit = check.get("observedUnit", "")
        table.add_row(name, state, f"{observed} {unit}".rstrip(), check.get("output", ""))
    return table
