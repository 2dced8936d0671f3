"""Answers about long recordings that cannot be given to their end."""

import base64
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest_asyncio

from ecg_service.settings import Settings
from tests.api.conftest import settings
from tests.api.doors import ANN, PASSWORD, Service, ecg, post, problem, serving
from tests.api.test_damage import alter
from tests.api.test_long import LEADS, WAVE, long
from tests.server import PATIENT
from tests.server import serving as serving_sockets

BASIC = b"Basic " + base64.b64encode(f"{ANN}:{PASSWORD}".encode())
LATE = """
    UPDATE ecg_parts SET content = zeroblob(65536)
    WHERE number = (SELECT max(number) - 1 FROM ecg_parts)
"""
FIRST = "UPDATE ecgs SET blob = CAST(substr(blob, 1, 60000) || zeroblob(5536) AS BLOB)"
Meanwhile = Callable[[], Awaitable[object]]


async def messages(
    service: Service, path: str, meanwhile: Meanwhile | None = None, *, method: str = "GET"
) -> list[Any]:
    """Ask without a client, which would not take an answer without an end."""
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)
        if meanwhile and len(sent) == 2:
            await meanwhile()

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope: Any = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"authorization", BASIC)],
        "client": None,
        "server": ("ecg", 80),
        "extensions": {},
    }
    await service.app(scope, receive, send)
    return sent


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path: Path) -> AsyncGenerator[Service]:
    """Run a service on a database of its own."""
    async with serving(long(settings("sqlite", tmp_path))) as service:
        yield service


async def test_damage_on_the_way_cuts_the_answer_off(running: Service, tmp_path: Path) -> None:
    ann = running.client(ANN)
    key = await post(ann, ecg(*LEADS))
    alter(tmp_path, LATE)
    start, *parts = await messages(running, f"/ecg/{key}")
    assert (start["status"], len(parts) > 1) == (200, True)
    assert all(part["more_body"] for part in parts)
    problem(await ann.get(f"/ecg/{key}/leads/1"), 500, "damaged-ecg")
    assert (await ann.get(f"/ecg/{key}/leads/0")).json()["signal"] == WAVE

    app_settings = Settings(connections=PATIENT)
    async with serving_sockets(running.app, app_settings) as door, door.wire() as wire:
        await wire.send(
            b"GET /ecg/%b HTTP/1.1\r\nHost: ecg\r\nAuthorization: %b\r\n\r\n"
            % (key.encode(), BASIC)
        )
        answer = await wire.rest()
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"transfer-encoding: chunked" in answer.lower()
        assert len(answer) > 1_000_000
        assert not answer.endswith(b"0\r\n\r\n")


async def test_head_reads_the_beginning_only(running: Service, tmp_path: Path) -> None:
    key = await post(running.client(ANN), ecg(*LEADS))
    alter(tmp_path, LATE)
    start, end = await messages(running, f"/ecg/{key}", method="HEAD")
    assert (start["status"], end["body"], end["more_body"]) == (200, b"", False)


async def test_damage_at_the_beginning_is_a_problem(running: Service, tmp_path: Path) -> None:
    ann = running.client(ANN)
    key = await post(ann, ecg(*LEADS))
    alter(tmp_path, FIRST)
    problem(await ann.get(f"/ecg/{key}"), 500, "damaged-ecg")


async def test_a_lost_part_is_damage(running: Service, tmp_path: Path) -> None:
    ann = running.client(ANN)
    key = await post(ann, ecg(*LEADS))
    alter(tmp_path, "DELETE FROM ecg_parts WHERE number = 1")
    problem(await ann.get(f"/ecg/{key}"), 500, "damaged-ecg")
    alter(tmp_path, "DELETE FROM ecg_parts WHERE number > 1")
    problem(await ann.get(f"/ecg/{key}/leads/0"), 500, "damaged-ecg")
    assert (await ann.delete(f"/ecg/{key}")).status_code == 204


async def test_one_that_is_deleted_on_the_way_is_cut_off(service: Service) -> None:
    ann = service.client(ANN)
    key = await post(ann, ecg(*LEADS))
    start, *parts = await messages(service, f"/ecg/{key}", lambda: ann.delete(f"/ecg/{key}"))
    assert (start["status"], len(parts) < 6) == (200, True)
    assert all(part["more_body"] for part in parts)
    problem(await ann.get(f"/ecg/{key}"), 404, "not-found")
