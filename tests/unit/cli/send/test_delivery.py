import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ecg_service.adapters.http_client import HttpClient
from ecg_service.cli.send import retries
from ecg_service.cli.send.bundles import BundleLimits
from ecg_service.cli.send.delivery import Delivery, Outcome
from ecg_service.cli.send.retries import Retries
from ecg_service.cli.send.sources import CHUNK, Source

Handler = Callable[[httpx.Request], httpx.Response]

CREATED = httpx.Response(201, json={"ecg_id": "an-id"})


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)


@pytest.fixture
def file(tmp_path: Path) -> Source:
    path = tmp_path / "ecg.json"
    path.write_text('{"leads": []}')
    return Source(str(path))


async def deliver(handler: Handler, *files: Source) -> list[Outcome]:
    outcomes: list[Outcome] = []
    transport = httpx.MockTransport(handler)
    async with HttpClient(transport=transport, base_url="http://ecg") as client:
        await Delivery(client, Retries(2), "the service").send_all(
            files, jobs=2, limits=BundleLimits(100, 10**6), report=outcomes.append
        )
    return outcomes


async def test_a_file_is_sent_whole_at_each_attempt(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    path.write_bytes(bytes(range(256)) * (3 * CHUNK // 256) + b"end")
    bodies: list[bytes] = []
    lengths: list[str] = []

    async def handle(request: httpx.Request) -> httpx.Response:
        bodies.append(await request.aread())
        lengths.append(request.headers["content-length"])
        return httpx.Response(503) if len(bodies) < 3 else CREATED

    outcomes: list[Outcome] = []
    transport = httpx.MockTransport(handle)
    async with HttpClient(transport=transport, base_url="http://ecg") as client:
        await Delivery(client, Retries(2), "the service").send_all(
            [Source(str(path))], jobs=1, limits=BundleLimits(100, 10**6), report=outcomes.append
        )
    assert bodies == [path.read_bytes()] * 3
    assert lengths == [str(path.stat().st_size)] * 3
    assert outcomes == [Outcome(str(path), "stored", path.stat().st_size, ecg_id="an-id")]


async def test_all_attempts_of_a_file_have_one_key_and_every_file_another(file: Source) -> None:
    keys: list[str] = []

    def handle(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        raise httpx.ReadError("reset", request=request)

    [outcome] = await deliver(handle, file)
    await deliver(handle, file)
    assert keys == [keys[0]] * 3 + [keys[3]] * 3
    assert keys[0] != keys[3]
    assert outcome.state == "failed"
    assert outcome.error == (
        "no answer from the service: "
        "the connection broke before the answer came, it may be stored (reset)"
    )


@pytest.mark.parametrize(
    ("response", "state", "error"),
    [
        (
            httpx.Response(
                422,
                json={
                    "title": "t",
                    "errors": [{"pointer": "/leads/0/name", "code": "c", "detail": "No name."}],
                },
            ),
            "refused",
            "/leads/0/name: No name.",
        ),
        (
            httpx.Response(413, json={"title": "Large", "detail": "10 bytes"}),
            "refused",
            "Large: 10 bytes",
        ),
        (httpx.Response(401, json={"title": "Sign in"}), "refused", "Sign in"),
        (httpx.Response(500, text="<html>"), "failed", "HTTP 500 Internal Server Error"),
        (httpx.Response(302), "failed", "HTTP 302 Found"),
        (httpx.Response(201, text="hello"), "failed", "not the answer of an ECG service"),
        (httpx.Response(503, json={"title": "Later"}), "failed", "Later"),
    ],
    ids=["422", "413", "401", "500", "302", "201 of another service", "503"],
)
async def test_what_is_not_stored_says_why(
    response: httpx.Response, state: str, error: str, file: Source
) -> None:
    [outcome] = await deliver(lambda _: response, file)
    assert (outcome.state, outcome.error) == (state, error)


async def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(
    file: Source, tmp_path: Path
) -> None:
    missing, folder = Source(str(tmp_path / "none.json")), Source(str(tmp_path))
    outcomes = await deliver(lambda _: CREATED, missing, folder, file)
    assert {(outcome.file, outcome.error) for outcome in outcomes} == {
        (missing.name, "No such file or directory"),
        (folder.name, "Is a directory"),
        (file.name, None),
    }


async def test_no_more_than_jobs_are_on_their_way(file: Source) -> None:
    now, most = 0, 0

    async def handle(request: httpx.Request) -> httpx.Response:
        nonlocal now, most
        now += 1
        most = max(most, now)
        for _ in range(10):
            await asyncio.sleep(0)
        now -= 1
        return CREATED

    outcomes: list[Outcome] = []
    transport = httpx.MockTransport(handle)
    async with HttpClient(transport=transport, base_url="http://ecg") as client:
        await Delivery(client, Retries(0), "the service").send_all(
            [file] * 20, jobs=3, limits=BundleLimits(100, 10**6), report=outcomes.append
        )
    assert most == 3
    assert len(outcomes) == 20
