"""A request is authenticated when its head has come; what it asks for is done when its body has.

In each scene the head and one byte are sent, whoever sends them loses their authority, and then
the rest is sent: it must be refused, and nothing may be done.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

import httpx

from tests.e2e.service import (
    ADMIN,
    PASSWORD,
    SMALL,
    Json,
    Service,
    Wire,
    basic,
    head_of,
    is_healthy_with,
    launch,
    problem,
    running,
)

PATIENT = {"body_grace_seconds": 600, "max_body_seconds": 600}
"""The service waits for the rest of a body as long as a busy machine needs."""
NEW, STOLEN = "a new password", "a stolen account"


@dataclass(frozen=True)
class Stage:
    """The service, its admin, and the user of the scene."""

    service: Service
    folder: Path
    admin: httpx.AsyncClient
    name: str

    async def disable(self) -> None:
        await self._patch({"disabled": True})

    async def reset(self) -> None:
        await self._patch({"password": NEW})

    async def change_own_password(self) -> None:
        body = {"current_password": PASSWORD, "new_password": NEW}
        async with self.service.client(self.name) as user:
            assert (await user.put("/users/me/password", json=body)).status_code == 204

    async def disable_by_command(self) -> None:
        process = await launch(self.folder, "users", "disable", self.name)
        assert await process.wait() == 0

    async def _patch(self, change: Json) -> None:
        answer = await self.admin.patch(f"/users/{self.name}", json=change)
        assert answer.status_code == HTTPStatus.OK, answer.text


@dataclass(frozen=True)
class Scene:
    """What a user asks for, and how they lose their authority before the last byte."""

    role: str
    method: str
    path: str
    body: Json
    revoke: Callable[[Stage], Awaitable[None]]


OWN_PASSWORD = {"current_password": PASSWORD, "new_password": STOLEN}
ECG = json.loads(SMALL)
EVE = {"username": "eve", "password": STOLEN, "role": "ADMIN"}
ENABLED = {"disabled": False}
RESET_ANOTHER = {"password": STOLEN}

SCENES = {
    "takes-back": Scene("USER", "PUT", "/users/me/password", OWN_PASSWORD, Stage.reset),
    "twice": Scene("USER", "PUT", "/users/me/password", OWN_PASSWORD, Stage.change_own_password),
    "sends": Scene("USER", "POST", "/ecg", ECG, Stage.disable),
    "sends-after-all": Scene("USER", "POST", "/ecg", ECG, Stage.disable_by_command),
    "makes-an-admin": Scene("ADMIN", "POST", "/users", EVE, Stage.disable),
    "enables-itself": Scene("ADMIN", "PATCH", "/users/enables-itself", ENABLED, Stage.disable),
    "takes-another": Scene("ADMIN", "PATCH", "/users/bystander", RESET_ANOTHER, Stage.disable),
}
"""By the name of the user who plays in it."""

UNCHANGED = {"takes-back": NEW, "twice": NEW, "bystander": PASSWORD}


async def test_who_loses_their_authority_before_the_last_byte_does_nothing(tmp_path: Path) -> None:
    async with running(tmp_path, **PATIENT) as service, service.client(ADMIN) as admin:
        await service.register()
        await service.register("bystander")
        for name, scene in SCENES.items():
            await register(admin, name, scene.role)
            stage = Stage(service, tmp_path, admin, name)
            async with service.wire() as wire:
                await begin(wire, name, scene)
                await scene.revoke(stage)
                before = await users(admin)
                await wire.send(json.dumps(scene.body).encode()[1:])
                answer = await wire.answer()
            problem(answer, 401, "unauthenticated")
            assert "www-authenticate" in answer.headers
            assert await users(admin) == before, name
            if scene.path == "/ecg":
                assert await stored(stage) == [], name
        for name, password in UNCHANGED.items():
            assert await signs_in(service, name, password), name
        await is_healthy_with(service, 0)


async def begin(wire: Wire, name: str, scene: Scene) -> None:
    """Send the head, wait until the body is asked for, and send one byte of it."""
    size = len(json.dumps(scene.body))
    sender = {"authorization": basic(name), "expect": "100-continue"}
    await wire.send(head_of(scene.method, scene.path, content_length=size, **sender))
    assert (await wire.answer()).status == HTTPStatus.CONTINUE
    await wire.send(b"{")


async def register(admin: httpx.AsyncClient, name: str, role: str) -> None:
    body = {"username": name, "password": PASSWORD, "role": role}
    assert (await admin.post("/users", json=body)).status_code == HTTPStatus.CREATED


async def users(admin: httpx.AsyncClient) -> list[Json]:
    answer = await admin.get("/users?page_size=100")
    assert answer.status_code == HTTPStatus.OK
    return answer.json()["users"]


async def signs_in(service: Service, name: str, password: str) -> bool:
    async with service.client(name, password) as user:
        return (await user.get("/users/me")).status_code == HTTPStatus.OK


async def stored(stage: Stage) -> list[Json]:
    """Let the user in again and list their ECGs."""
    await stage.admin.patch(f"/users/{stage.name}", json={"disabled": False})
    async with stage.service.client(stage.name) as user:
        return (await user.get("/ecg")).json()["ecgs"]
