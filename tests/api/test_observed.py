"""The id of a request, and the line that is logged of it."""

import re
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any, cast
from unittest.mock import patch
from urllib.parse import urlencode

import httpx
import msgspec
import pytest

from ecg_service.adapters.token_keys import FileTokenKeys
from ecg_service.api.app import create_app
from ecg_service.bootstrap.logs import LogWriter
from ecg_service.bootstrap.logs.lines import in_json
from ecg_service.bootstrap.logs.requests import log_requests
from tests.api.doors import ANN, ONE_STORE, PASSWORD, Service, client, dumps, ecg, lead, post

pytestmark = ONE_STORE

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0bb902b7-01"
BATCH, FORM = "application/x-ndjson", "application/x-www-form-urlencoded"
NEW = re.compile(r"[0-9a-f]{12}-[0-9a-f]+")


async def id_of(anyone: httpx.AsyncClient, **headers: str) -> str:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return (await anyone.get("/health/live", headers=fields)).headers["X-Request-Id"]


@pytest.mark.parametrize("given", ["abc", "a" * 128, "A-1_b.c:d/e+f=@"])
async def test_an_id_that_is_given_is_kept(anyone: httpx.AsyncClient, given: str) -> None:
    assert await id_of(anyone, x_request_id=given) == given
    assert await id_of(anyone, x_request_id=given, traceparent=PARENT) == given


@pytest.mark.parametrize("given", ["", "a" * 129, "a b", "a\x1b[31m", "<b>", "a;b", '"', "a,b"])
async def test_a_hostile_id_is_replaced(anyone: httpx.AsyncClient, given: str) -> None:
    assert NEW.fullmatch(await id_of(anyone, x_request_id=given))
    assert await id_of(anyone, x_request_id=given, traceparent=PARENT) == TRACE


@pytest.mark.parametrize("parent", ["", PARENT.upper(), PARENT[:-1], f"00-{'0' * 32}{PARENT[35:]}"])
async def test_what_is_no_trace_is_ignored(anyone: httpx.AsyncClient, parent: str) -> None:
    assert NEW.fullmatch(await id_of(anyone, traceparent=parent))


async def test_new_ids_differ(anyone: httpx.AsyncClient) -> None:
    assert len({await id_of(anyone) for _ in range(20)}) == 20


async def lines_of(service: Service, most: int, *requests: tuple[str, str, Any]) -> list[Any]:
    stream = StringIO()
    with LogWriter(in_json, stream, 1000) as writer:
        observers = (log_requests(writer, most),)
        user = client(create_app(replace(service.services, observers=observers)), ANN)
        for method, path, body in requests:
            sent: Any = {"json": body}
            headers = {"traceparent": PARENT}
            if isinstance(body, bytes):
                sent, headers["Content-Type"] = (
                    {"content": body},
                    FORM if path == "/token" else BATCH,
                )
            await user.request(method, path, headers=headers, **sent)
    return [msgspec.json.decode(line) for line in stream.getvalue().splitlines()]


async def test_a_line_says_who_asked_for_what_and_how_it_went(service: Service) -> None:
    [line] = await lines_of(service, 9, ("POST", "/ecg?", ecg(lead("I", 1, 2, 3), lead())))
    known = ("request_id", "trace_id", "principal", "method", "route", "status", "samples")
    assert [line[name] for name in known] == [TRACE, TRACE, ANN, "POST", "/ecg", 201, 7]
    assert line["bytes_sent"] == 49
    assert line["bytes_received"] > 49
    stages = [line[f"{name}_seconds"] for name in ("read", "queue", "parse", "commit")]
    assert all(0 <= seconds <= line["seconds"] for seconds in stages)
    assert sum(stages) <= line["seconds"] + 1e-5


async def test_routes_stand_for_paths(service: Service, ann: httpx.AsyncClient) -> None:
    key = await post(ann)
    asked = [
        ("GET", f"/ecg/{key}", None),
        ("HEAD", f"/ecg/{key}", None),
        ("GET", "/canary?a", None),
    ]
    lines = await lines_of(service, 9, *asked)
    told = [(line["method"], line["route"], line["status"]) for line in lines]
    assert told == [
        ("GET", "/ecg/{ecg_id}", 200),
        ("HEAD", "/ecg/{ecg_id}", 200),
        ("GET", "-", 404),
    ]


async def test_of_too_many_requests_some_have_no_line_and_are_counted(service: Service) -> None:
    lines = await lines_of(service, 2, *[("GET", "/health/live", None)] * 5)
    assert sum(line.get("skipped", 0) for line in lines) + len(lines) <= 5
    assert 2 <= len(lines) <= 4


async def test_without_lines_every_answer_of_500_has_one(service: Service) -> None:
    broken = replace(service, services=replace(service.services, ecgs=cast("Any", None)))
    asked = ("GET", "/health/live", None)
    [line] = await lines_of(broken, 0, asked, asked, ("GET", "/ecg", None))
    assert (line["route"], line["status"], line["skipped"]) == ("/ecg", 500, 2)


@pytest.mark.parametrize("query", ["", "?atomic=true"])
async def test_the_line_of_a_batch_has_the_samples_and_stages_of_its_ecgs(
    service: Service, query: str
) -> None:
    body = b"\n".join([dumps(ecg(lead("I", *range(7)))), dumps(ecg(lead("I", *range(4))))])
    [line] = await lines_of(service, 9, ("POST", f"/ecg/batch{query}", body))
    assert (line["status"], line["samples"]) == (200, 11)
    assert all(
        0 <= line[f"{name}_seconds"] <= line["seconds"] for name in ("read", "parse", "commit")
    )
    assert line["parse_seconds"] > 0
    assert ("queue_seconds" in line) == bool(query)


async def test_the_line_of_a_token_says_whose_it_is(service: Service) -> None:
    form = urlencode({"grant_type": "password", "username": ANN, "password": PASSWORD}).encode()
    [line] = await lines_of(service, 9, ("POST", "/token", form))
    assert (line["status"], line["principal"]) == (200, ANN)


async def test_signing_keys_that_cannot_be_used_are_told_in_the_log_and_by_readiness(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "keys"
    file.write_text("no keys")
    file.chmod(0o600)
    keys, services = FileTokenKeys(file), service.services
    with (
        patch.object(services.sessions, "keys", keys),
        patch.object(services.health, "_keys", keys),
    ):
        form = {"grant_type": "password", "username": ANN, "password": PASSWORD}
        answer = await client(service.app, ANN).post("/token", data=form)
        assert answer.status_code == 503
        assert f"the signing keys in {file} cannot be used: it is no JSON" in caplog.text
        report = await services.health.look()
    assert report.status == "fail"
    assert [check.name for check in report.checks if check.status == "fail"] == ["tokens:keys"]
    assert (await services.health.look()).status == "pass"
