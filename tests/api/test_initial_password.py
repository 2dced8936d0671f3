"""The password that the service made for the first admin is for replacing it, and for nothing else."""

from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from ecg_service.api.app import create_app
from ecg_service.bootstrap.service import running_services
from ecg_service.settings import Settings, StoreSettings
from tests.api.doors import Service, problem

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
OWN = "a password of my own"


@pytest_asyncio.fixture(loop_scope="session")
async def service(tmp_path: Path) -> AsyncGenerator[Service]:
    given = Settings(store=StoreSettings(f"sqlite:///{tmp_path}/ecg.db"))
    async with running_services(given) as services:
        yield Service(services, create_app(services))


@pytest.fixture
def initial(service: Service, tmp_path: Path) -> str:
    del service  # it writes the file
    return (tmp_path / "ecg.db.admin-password").read_text().strip()


async def token(service: Service, password: str, **more: str) -> httpx.Response:
    form = {"grant_type": "password", "username": "admin", "password": password, **more}
    return await service.client().post("/token", content=urlencode(form), headers=FORM)


async def replace(service: Service, current: str, new: str, current_is: str = "") -> httpx.Response:
    body = {"current_password": current_is or current, "new_password": new}
    return await service.client("admin", current).put("/users/me/password", json=body)


async def test_nothing_is_allowed_before_it_is_replaced(service: Service, initial: str) -> None:
    admin = service.client("admin", initial)
    for method, path in (
        ("GET", "/users"),
        ("GET", "/users/me"),
        ("POST", "/users"),
        ("GET", "/health/checks"),
        ("DELETE", "/users/me/sessions"),
    ):
        told = problem(await admin.request(method, path), 403, "insufficient-scope")
        assert told["detail"] == "Replace your initial password first: PUT /users/me/password."
    for more in ({}, {"scope": "read"}):
        refused = await token(service, initial, **more)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    problem(await service.client("admin", "wrong horse").get("/users"), 401, "unauthenticated")


async def test_it_ends_when_it_is_replaced(service: Service, initial: str) -> None:
    problem(await replace(service, initial, OWN, current_is="wrong horse"), 422, "invalid-body")
    assert (await replace(service, initial, OWN)).status_code == 204
    assert (await service.client("admin", OWN).get("/users")).status_code == 200
    assert (await token(service, OWN)).status_code == 200
    problem(await service.client("admin", initial).get("/users/me"), 401, "unauthenticated")
    problem(await replace(service, initial, OWN), 401, "unauthenticated")
