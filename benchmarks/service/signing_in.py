"""`just bench signing-in`: what each way to sign in costs an ECG that is stored, beside none at all."""

import base64
import os
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any, cast

import click
import uvloop
from litestar.types import ASGIApp, Receive, Scope, Send
from rich.console import Console
from rich.table import Table

from benchmarks.service.in_process import AT_INGEST, seconds_of
from benchmarks.service.load.wrk import Request
from benchmarks.service.rows import JSON
from benchmarks.service.servers.processes import pinned
from benchmarks.service.servers.running import ADMIN, USER
from benchmarks.service.servers.stores import folder
from benchmarks.workloads import SIZES, body
from ecg_service.api import app as api
from ecg_service.api.edge.access.audited import begun
from ecg_service.api.edge.access.authentication import Authentication
from ecg_service.api.state import Services
from ecg_service.bootstrap.process import tune
from ecg_service.bootstrap.service import running_services
from ecg_service.domain import principal
from ecg_service.domain.principal import Principal
from ecg_service.settings import AdminSettings, InsightSettings, Settings, StoreSettings

NONE, TOKEN, KEY, PASSWORD = "no authentication", "access token", "API key", "name and password"
GOALS = {(TOKEN, NONE): 0.95, (KEY, NONE): 0.9, (PASSWORD, TOKEN): 0.9}
"""Of the rate of the other one."""
TIMES = 96

Found = dict[tuple[str, str], list[float]]
"""The seconds for one ECG in each round, by way and size."""


@dataclass(frozen=True, slots=True)
class Way:
    """An application, and the credentials that are sent to it."""

    app: ASGIApp
    authorization: str


@click.command("signing-in")
@click.option("--rounds", default=150, show_default=True, help="Each measures everything once.")
@click.option("--check", is_flag=True, help="Fail where a goal is missed.")
def signing_in(*, rounds: int, check: bool) -> None:
    """Measure ways to sign in without sockets, all verified and remembered."""
    with pinned({max(os.sched_getaffinity(0))}):
        found = uvloop.run(_measure(rounds))
    if (missed := _show(found)) and check:
        raise click.ClickException(f"less than it should be: {'; '.join(missed)}")


async def _measure(rounds: int) -> Found:
    async with _ways() as ways:
        tune()
        found: Found = {(name, size): [] for size in SIZES for name in ways}
        order = [*found]
        for _ in range(rounds):
            order.reverse()  # whoever comes after another one has what that left behind
            for name, size in order:
                found[name, size].append(await _seconds(ways[name], SIZES[size]))
    return found


async def _seconds(way: Way, samples: int) -> float:
    headers = {"Content-Type": JSON, "Authorization": way.authorization}
    request = Request(body=body(samples), headers=headers)
    await seconds_of(way.app, request, request.connections)  # verified, and warm
    return await seconds_of(way.app, request, TIMES) / TIMES


@asynccontextmanager
async def _ways() -> AsyncGenerator[Mapping[str, Way]]:
    with folder() as place:
        settings = Settings(
            store=StoreSettings(f"sqlite:///{place / 'ecg.db'}"),
            admin=AdminSettings(*ADMIN),
            insights=InsightSettings(cheap_insight_percent=AT_INGEST),
        )
        async with running_services(settings) as services:
            user = Principal.of(await services.users.register(*USER))
            tokens = await services.sessions.begin(user, None)
            key, _ = await services.api_keys.create(
                user.name, "benchmark", frozenset([principal.Scope.INGEST])
            )
            basic = base64.b64encode(":".join(USER).encode()).decode()
            app = api.create_app(services)
            yield {
                NONE: Way(_open(services, user), ""),
                TOKEN: Way(app, f"Bearer {tokens.access_token}"),
                KEY: Way(app, f"Bearer {key}"),
                PASSWORD: Way(app, f"Basic {basic}"),
            }


class _Nobody(Authentication):
    """Asks nobody who they are."""

    user: Principal

    def __call__(self, app: ASGIApp) -> ASGIApp:
        async def entered(scope: Scope, receive: Receive, send: Send) -> None:
            user = self.user if self._audit is None else begun(self._audit, self.user, scope)
            cast("dict[str, Any]", scope)["user"] = user
            await app(scope, receive, send)

        return entered


def _open(services: Services, user: Principal) -> ASGIApp:
    """Return the application with a middleware in the place of authentication."""
    _Nobody.user = user
    known, api.Authentication = api.Authentication, _Nobody
    try:
        return api.create_app(services)
    finally:
        api.Authentication = known


def _rate(found: Found, name: str, other: str, size: str) -> float:
    """Return the median of what was measured in pairs: a busy machine is as busy for both."""
    pairs = zip(found[other, size], found[name, size], strict=True)
    return median(one / another for one, another in pairs)


def _show(found: Found) -> list[str]:
    """Print the table; return which goals are missed."""
    table = Table(
        "", *(f"{size}: us" for size in SIZES), *(f"{size}: rate" for size in SIZES), "goal"
    )
    missed: list[str] = []
    table.add_row(NONE, *(f"{1e6 * min(found[NONE, size]):.1f}" for size in SIZES))
    for (name, other), goal in GOALS.items():
        rates = [_rate(found, name, other, size) for size in SIZES]
        missed += [name] * (min(rates) < goal)
        told = [f"{1e6 * min(found[name, size]):.1f}" for size in SIZES]
        table.add_row(name, *told, *(f"{rate:.3f}" for rate in rates), f"{goal} of {other}")
    Console().print(table)
    return missed
