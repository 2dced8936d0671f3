"""The demo's client, which uses the service over HTTP as any client does."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import click
import httpx
import msgspec

from ecg_service.adapters.http_client import HttpClient
from ecg_service.api.schemas.ecgs import EcgCreated, EcgOut, LeadOut
from ecg_service.api.schemas.insights import InsightsOut
from ecg_service.cli.console import show_table
from ecg_service.cli.demo.example import ATTRIBUTION, example_ecg
from ecg_service.cli.exits import Failed
from ecg_service.cli.send.answers import problem
from ecg_service.domain.insights import InsightState

USER = "demo"
WAIT = 30
"""Seconds to wait for the insights, which take far less."""

COLUMNS = ("lead", "samples", "zero crossings", "min mV", "max mV", "mean mV", "RMS mV")


@dataclass(frozen=True, slots=True)
class SentEcg:
    """The ECG that was sent, and its owner's password."""

    password: str
    ecg_id: str

    def curl(self, url: str) -> str:
        """Return a command that counts the zero crossings by another rule."""
        where = f"{url}/ecg/{self.ecg_id}/insights?zeros=strict"
        return f"curl --user '{USER}:{self.password}' '{where}'"


async def send_and_show(client: HttpClient, admin: tuple[str, str]) -> SentEcg:
    """Register a user, send the ECG, wait for its insights and show them."""
    password = secrets.token_urlsafe(12)
    new = {"username": USER, "password": password}
    _done(await client.post("/users", auth=admin, json=new))

    client.auth = (USER, password)
    headers = {"Content-Type": "application/json"}
    sent = _done(await client.post("/ecg", content=example_ecg(), headers=headers))
    ecg_id = msgspec.json.decode(sent, type=EcgCreated).ecg_id
    ecg = _done(await client.get(f"/ecg/{ecg_id}", params={"signals": "false"}))
    insights = _done(
        await client.get(f"/ecg/{ecg_id}/insights", headers={"Prefer": f"wait={WAIT}"})
    )
    _show(msgspec.json.decode(ecg, type=EcgOut), msgspec.json.decode(insights, type=InsightsOut))
    return SentEcg(password, ecg_id)


def _done(response: httpx.Response) -> bytes:
    if not response.is_success:
        raise Failed(f"the demo's {response.url.path}: {problem(response)}")
    return response.content


def _show(ecg: EcgOut, insights: InsightsOut) -> None:
    statistics = insights.insights["statistics"]
    if statistics.state is not InsightState.DONE:
        raise Failed(f"the statistics are {statistics.state}: {statistics.error}")
    crossings = [lead.zero_crossings for lead in insights.leads]
    rows = map(_row, ecg.leads, crossings, statistics.result)
    show_table(COLUMNS, rows, numbers=True)
    click.echo(f"  {ATTRIBUTION}\n")


def _row(lead: LeadOut, crossings: int, statistics: Mapping[str, Any]) -> tuple[str | int, ...]:
    gain = lead.gain or 1.0
    values = (f"{statistics[key] / gain:.3f}" for key in ("min", "max", "mean", "rms"))
    return lead.name, lead.num_samples, crossings, *values
