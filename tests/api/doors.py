"""Clients, services and bodies for the tests of the API."""

import base64
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from litestar.types import ASGIApp

from ecg_service.api.app import create_app
from ecg_service.api.state import Services
from ecg_service.bootstrap.service import running_services
from ecg_service.settings import Settings
from tests.api.conformance import Conformance

PASSWORD = "correct horse"
ADMIN = "admin"
ANN, BOB, DISABLED = "ann", "bob", "dismissed"
UNKNOWN_ID = "01890000-0000-7000-8000-000000000000"
INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1

ONE_STORE = pytest.mark.parametrize("service", ["sqlite"], indirect=True)
"""Marks what is about HTTP and not about stores: `tests/contract` says that they answer alike."""

Json = dict[str, Any]


ADDRESSES = (f"client {number}" for number in count())


class Client(httpx.AsyncClient):
    """Fails when an answer is none that the OpenAPI document tells of; what is streamed is not checked."""

    conformance: Conformance | None = None

    def __init__(self, app: ASGIApp, address: str, **more: Any) -> None:
        self._app = app
        transport = httpx.ASGITransport(app, client=(address, 1))  # pyright: ignore[reportArgumentType]
        super().__init__(transport=transport, base_url="http://ecg", **more)

    async def request(self, *args: Any, **kwargs: Any) -> httpx.Response:
        answer = await super().request(*args, **kwargs)
        if Client.conformance is None:
            Client.conformance = Conformance(await document_of(self._app))
        Client.conformance.check(answer)
        return answer


async def document_of(app: ASGIApp) -> Json:
    """Return the OpenAPI document of an application."""
    transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
    async with httpx.AsyncClient(transport=transport, base_url="http://ecg") as anyone:
        return (await anyone.get("/schema/openapi.json")).json()


def client(
    app: ASGIApp, name: str | None = None, password: str = PASSWORD, address: str = ""
) -> httpx.AsyncClient:
    """Speak HTTP to an application without a socket, as a user or as nobody, from a new address."""
    return Client(app, address or next(ADDRESSES), auth=(name, password) if name else None)


def bearer(app: ASGIApp, token: str) -> httpx.AsyncClient:
    """Speak to an application as who has this token."""
    speaking = client(app)
    speaking.headers["Authorization"] = f"Bearer {token}"
    return speaking


@dataclass(frozen=True, slots=True)
class Service:
    """A running service and its application."""

    services: Services
    app: ASGIApp

    def client(self, name: str | None = None, password: str = PASSWORD) -> httpx.AsyncClient:
        return client(self.app, name, password)

    async def newcomer(self) -> httpx.AsyncClient:
        """Register a user without ECGs."""
        name = f"user-{uuid4()}"
        await self.services.users.register(name, PASSWORD)
        return self.client(name)


@asynccontextmanager
async def serving(settings: Settings) -> AsyncGenerator[Service]:
    """Run a service with two users, somebody disabled and the admin."""
    async with running_services(settings) as services:
        for name in (ANN, BOB, DISABLED):
            await services.users.register(name, PASSWORD)
        await services.users.update(DISABLED, disabled=True)
        yield Service(services, create_app(services))


def lead(name: str = "I", *samples: int, **fields: object) -> Json:
    return {"name": name, "signal": [*samples] or [1, -1, 0, 2], **fields}


def ecg(*leads: Json, **fields: object) -> Json:
    return {"leads": [*leads] or [lead()], **fields}


async def post(user: httpx.AsyncClient, body: Json | None = None) -> str:
    """Store an ECG and return its id."""
    answer = await user.post("/ecg", json=body or ecg())
    assert answer.status_code == 201, answer.text
    return str(UUID(answer.json()["ecg_id"]))


async def post_raw(user: httpx.AsyncClient, body: bytes, path: str = "/ecg") -> httpx.Response:
    return await user.post(path, content=body, headers={"Content-Type": "application/json"})


async def all_ecgs(user: httpx.AsyncClient) -> list[Json]:
    answer = await user.get("/ecg", params={"page_size": 100})
    assert answer.status_code == 200, answer.text
    assert "next_page_token" not in answer.json()
    return answer.json()["ecgs"]


def basic(credentials: str | bytes) -> str:
    raw = credentials if isinstance(credentials, bytes) else credentials.encode()
    return "Basic " + base64.b64encode(raw).decode()


def problem(answer: httpx.Response, status: int, slug: str) -> Json:
    """Check an error against RFC 9457 and return it."""
    assert (answer.status_code, answer.headers["Content-Type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found = answer.json()
    assert (found["type"], found["status"]) == (f"/problems/{slug}", status), found
    assert isinstance(found["title"], str)
    assert found["title"]
    assert set(found) <= {"type", "title", "status", "detail", "errors"}
    return found


def refusal(answer: httpx.Response) -> Json:
    """Check that the body was answered with a 4xx problem, whichever it is."""
    assert answer.status_code in {400, 413, 422}, (answer.status_code, answer.text)
    slugs = {400: "malformed-body", 413: "request-entity-too-large", 422: "invalid-body"}
    return problem(answer, answer.status_code, slugs[answer.status_code])


def dumps(value: object) -> bytes:
    return json.dumps(value).encode()
