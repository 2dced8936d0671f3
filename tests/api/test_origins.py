"""What pages of other origins may do: nothing by default, and with `cors_origins` what their user could do anyway."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from ecg_service.api.app import create_app
from ecg_service.settings import parse_origins
from tests.api.doors import ANN, ONE_STORE, PASSWORD, UNKNOWN_ID, Service, basic, client, ecg

pytestmark = ONE_STORE

WARD, LAB = "https://ward.example", "http://localhost:3000"
STRANGERS = (
    "https://evil.example",
    "https://ward.example.evil.example",
    "https://evil-ward.example",
    "https://ward.example:444",
    "http://ward.example",
    "https://WARD.example",
    "https://ward.example/",
    f"{WARD}, {LAB}",
    "null",
    "*",
    "",
)
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest_asyncio.fixture(loop_scope="session")
async def page(service: Service) -> AsyncGenerator[httpx.AsyncClient]:
    """Return a browser: it looks for itself whether an answer may be seen."""
    shared = replace(service.services, origins=parse_origins(f" {WARD},{LAB} "))
    yield httpx.AsyncClient(
        transport=httpx.ASGITransport(create_app(shared)),  # pyright: ignore[reportArgumentType]
        base_url="http://ecg",
    )


def sharing(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if "access-control" in name}


@pytest.mark.parametrize("origin", [WARD, LAB])
async def test_a_preflight_needs_no_credentials(page: httpx.AsyncClient, origin: str) -> None:
    answer = await page.options("/ecg", headers={"Origin": origin, **PREFLIGHT})
    assert (answer.status_code, answer.content) == (204, b"")
    told = sharing(answer)
    assert told.pop("access-control-allow-origin") == origin
    assert "POST" in told.pop("access-control-allow-methods").split(", ")
    assert {"authorization", "content-type", "idempotency-key"} <= {
        *told.pop("access-control-allow-headers").split(", ")
    }
    assert told.pop("access-control-max-age") == "7200"
    assert told == {}  # above all: no credentials that the browser keeps
    assert "Origin" in answer.headers["Vary"]


async def test_the_page_sends_with_credentials_of_its_own_and_sees_the_answer(
    page: httpx.AsyncClient,
) -> None:
    signed = {"Origin": WARD, "Authorization": basic(f"{ANN}:{PASSWORD}")}
    sent = await page.post("/ecg", json=ecg(), headers=signed)
    assert sent.status_code == 201
    assert sharing(sent)["access-control-allow-origin"] == WARD
    assert "location" in sharing(sent)["access-control-expose-headers"].split(", ")
    for path, status in (("/users/me", 200), (f"/ecg/{UNKNOWN_ID}", 404), ("/health/checks", 403)):
        answer = await page.get(path, headers=signed)
        assert (answer.status_code, sharing(answer)["access-control-allow-origin"]) == (
            status,
            WARD,
        )
        assert "Access-Control-Allow-Credentials" not in answer.headers
    refused = await page.get("/users/me", headers={"Origin": WARD})
    assert (refused.status_code, len(sharing(refused))) == (401, 2)


@pytest.mark.parametrize("origin", STRANGERS)
async def test_other_origins_are_told_nothing(page: httpx.AsyncClient, origin: str) -> None:
    signed = {"Origin": origin, "Authorization": basic(f"{ANN}:{PASSWORD}")}
    for answer in (
        await page.options("/ecg", headers={"Origin": origin, **PREFLIGHT}),
        await page.get("/users/me", headers=signed),
    ):
        assert sharing(answer) == {}
        assert "Origin" in answer.headers["Vary"]


async def test_an_answer_that_varies_already_goes_on_varying(page: httpx.AsyncClient) -> None:
    answer = await page.get("/problems")
    assert answer.headers["Vary"] == "Accept, Accept-Encoding, Origin"


@pytest.mark.parametrize("origin", [WARD, *STRANGERS])
async def test_by_default_no_origin_is_told_anything(service: Service, origin: str) -> None:
    anyone = client(service.app)
    for answer in (
        await anyone.options("/ecg", headers={"Origin": origin, **PREFLIGHT}),
        await anyone.get("/health/live", headers={"Origin": origin}),
    ):
        assert sharing(answer) == {}
        assert "Origin" not in answer.headers.get("Vary", "")


SAFELISTED = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain; application/json",
    None,
)
"""What a page may send to another origin without asking, by a form or a script; None says nothing."""


@pytest.mark.parametrize("media_type", SAFELISTED, ids=str)
@pytest.mark.parametrize("path", ["/ecg", "/ecg/batch", "/users", "/api-keys"])
async def test_a_form_of_another_page_does_nothing_even_if_the_browser_signs_it(
    service: Service, path: str, media_type: str | None
) -> None:
    """All other methods that change something are asked for before, which answers nothing of use."""
    user = service.client("admin" if path == "/users" else ANN)
    named = {"Content-Type": media_type} if media_type else {}
    answer = await user.post(path, content=b'{"leads":[]}', headers=named)
    assert answer.status_code == 415, answer.text
