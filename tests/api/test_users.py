"""Users: registering, listing, changing, and what a change means for who is signed in."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from tests.api.conftest import STORES, with_store
from tests.api.doors import ADMIN, ANN, BOB, DISABLED, PASSWORD, Json, Service, problem, serving

NEW = "a new password"


@pytest_asyncio.fixture(loop_scope="session", params=STORES)
async def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Service]:
    """Return a service of one's own, whose admins may come and go."""
    with with_store(request.param, tmp_path) as given:
        async with serving(given) as running:
            yield running


def new_name() -> str:
    return f"user-{uuid4()}"


async def register(admin: httpx.AsyncClient, **fields: object) -> httpx.Response:
    return await admin.post("/users", json={"username": new_name(), "password": PASSWORD} | fields)


@pytest.mark.parametrize("fields", [{}, {"role": None}], ids=["absent", "null"])
async def test_an_admin_registers_users(
    service: Service, admin: httpx.AsyncClient, fields: dict[str, Any]
) -> None:
    before = datetime.now(UTC)
    answer = await register(admin, **fields)
    found = answer.json()
    created = datetime.fromisoformat(found.pop("created"))
    assert answer.status_code == 201
    assert (found["role"], found["disabled"], set(found)) == (
        "USER",
        False,
        {"username", "role", "disabled"},
    )
    assert before <= created <= datetime.now(UTC)
    me = await service.client(found["username"]).get("/users/me")
    assert (me.status_code, me.json()) == (200, answer.json())


async def test_an_admin_registers_admins(service: Service, admin: httpx.AsyncClient) -> None:
    answer = await register(admin, role="ADMIN")
    other = service.client(answer.json()["username"])
    assert (await register(other)).status_code == 201
    assert (await other.get("/ecg")).status_code == 403


async def test_a_name_is_registered_once(admin: httpx.AsyncClient) -> None:
    found = problem(await register(admin, username=ANN, password=NEW), 409, "user-exists")
    assert found["title"] == "A user with this name exists"


GOOD_NAMES = ("a", "A.b_c@d+e-f", "0", "x" * 64)
BAD_NAMES: dict[str, tuple[object, str]] = {
    "empty": ("", "length"),
    "long": ("x" * 65, "length"),
    "colon": ("a:b", "pattern"),
    "space": ("a b", "pattern"),
    "newline": ("a\n", "pattern"),
    "NUL": ("a\0", "pattern"),
    "slash": ("a/b", "pattern"),
    "dot first": (".a", "pattern"),
    "minus first": ("-a", "pattern"),
    "umlaut": ("ä", "pattern"),
    "look-alike": ("\u0430nn", "pattern"),
    "number": (1, "wrong_type"),
    "null": (None, "wrong_type"),
    "me": ("me", "pattern"),
}
BAD_PASSWORDS: dict[str, tuple[object, str]] = {
    "short": ("1234567", "length"),
    "long": ("x" * 129, "length"),
    "common": ("Password1", "common_password"),
    "number": (12345678, "wrong_type"),
    "null": (None, "wrong_type"),
}
BAD_ROLES: dict[str, tuple[object, str]] = {
    "lower case": ("admin", "unknown_value"),
    "other": ("ROOT", "unknown_value"),
    "list": (["ADMIN"], "wrong_type"),
}
INVALID: list[tuple[str, object, str, str]] = [
    *((f"name {n}", {"username": v}, "/username", c) for n, (v, c) in BAD_NAMES.items()),
    *((f"password {n}", {"password": v}, "/password", c) for n, (v, c) in BAD_PASSWORDS.items()),
    *((f"role {n}", {"role": v}, "/role", c) for n, (v, c) in BAD_ROLES.items()),
    ("unknown field", {"disabled": True}, "/disabled", "unknown_field"),
]


@pytest.mark.parametrize(
    ("fields", "pointer", "code"), [case[1:] for case in INVALID], ids=[case[0] for case in INVALID]
)
async def test_a_user_that_breaks_a_rule_is_not_registered(
    admin: httpx.AsyncClient, fields: dict[str, Any], pointer: str, code: str
) -> None:
    before = (await admin.get("/users")).json()
    [error] = problem(await register(admin, **fields), 422, "invalid-body")["errors"]
    assert (error["pointer"], error["code"]) == (pointer, code)
    assert (await admin.get("/users")).json() == before


@pytest.mark.parametrize("missing", ["username", "password"])
async def test_name_and_password_are_needed(admin: httpx.AsyncClient, missing: str) -> None:
    body = {"username": new_name(), "password": PASSWORD}
    del body[missing]
    found = problem(await admin.post("/users", json=body), 422, "invalid-body")
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [
        (f"/{missing}", "missing_field")
    ]


@pytest.mark.parametrize("password", ["y" * 8, "x" * 128, " spaces ", "pässwörd: 密码", "\0" * 8])
async def test_any_password_of_a_good_length_signs_in(
    service: Service, admin: httpx.AsyncClient, password: str
) -> None:
    name = (await register(admin, password=password)).json()["username"]
    assert (await service.client(name, password).get("/users/me")).status_code == 200
    assert (await service.client(name, password[:-1]).get("/users/me")).status_code == 401


async def test_the_list_shows_every_user_once_in_order_and_no_secret(fresh: Service) -> None:
    admin = fresh.client(ADMIN)
    for name in GOOD_NAMES:
        assert (await register(admin, username=name)).status_code == 201
    found, path = list[Json](), "/users?page_size=3"
    while path:
        answer = await admin.get(path)
        assert "argon2" not in answer.text
        found += answer.json()["users"]
        path = answer.links.get("next", {}).get("url", "")
    names = [one["username"] for one in found]
    assert names == sorted([*GOOD_NAMES, ADMIN, ANN, BOB, DISABLED])
    assert [one["username"] for one in found if one["disabled"]] == [DISABLED]
    assert {frozenset(one) for one in found} == {
        frozenset({"username", "role", "disabled", "created"})
    }


@pytest.mark.parametrize("size", ["0", "101", "x", "-1", ""])
async def test_a_page_of_users_has_limits(admin: httpx.AsyncClient, size: str) -> None:
    problem(await admin.get(f"/users?page_size={size}"), 400, "invalid-query")


@pytest.mark.parametrize("token", ["%00", "%F0%9F%92%94", "x" * 5_000, "'"])
async def test_a_list_may_begin_anywhere(admin: httpx.AsyncClient, token: str) -> None:
    assert (await admin.get(f"/users?page_token={token}")).status_code == 200


async def test_a_disabled_user_is_out_at_once_and_in_again_when_enabled(
    service: Service, admin: httpx.AsyncClient
) -> None:
    name = (await register(admin)).json()["username"]
    user = service.client(name)
    for disabled, status in ((True, 401), (False, 200), (True, 401)):
        answer = await admin.patch(f"/users/{name}", json={"disabled": disabled})
        assert (answer.status_code, answer.json()["disabled"]) == (200, disabled)
        assert (await user.get("/ecg")).status_code == status


async def test_a_reset_password_counts_at_once(service: Service, admin: httpx.AsyncClient) -> None:
    name = (await register(admin)).json()["username"]
    old, new = service.client(name), service.client(name, NEW)
    assert [(await user.get("/ecg")).status_code for user in (old, new)] == [200, 401]
    assert (await admin.patch(f"/users/{name}", json={"password": NEW})).status_code == 200
    assert [(await user.get("/ecg")).status_code for user in (old, new)] == [401, 200]


async def test_an_empty_change_changes_nothing(admin: httpx.AsyncClient) -> None:
    before = (await admin.get("/users")).json()
    assert (await admin.patch(f"/users/{ANN}", json={})).status_code == 200
    assert (await admin.patch(f"/users/{ANN}", json={"password": None})).status_code == 200
    assert (await admin.get("/users")).json() == before


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"password": "short"}, "/password", "length"),
        ({"disabled": "true"}, "/disabled", "wrong_type"),
        ({"disabled": 1}, "/disabled", "wrong_type"),
        ({"role": "ADMIN"}, "/role", "unknown_field"),
        ({"username": "x"}, "/username", "unknown_field"),
    ],
    ids=str,
)
async def test_nothing_else_of_a_user_can_be_changed(
    admin: httpx.AsyncClient, fields: Json, pointer: str, code: str
) -> None:
    [error] = problem(await admin.patch(f"/users/{ANN}", json=fields), 422, "invalid-body")[
        "errors"
    ]
    assert (error["pointer"], error["code"]) == (pointer, code)


@pytest.mark.parametrize("name", ["nobody", "%00", "ANN", "%F0%9F%92%94", "a%20b", "x" * 500])
async def test_an_unknown_user_cannot_be_changed(admin: httpx.AsyncClient, name: str) -> None:
    problem(await admin.patch(f"/users/{name}", json={"disabled": True}), 404, "not-found")


async def test_ones_own_password_counts_at_once(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    name = (await newcomer.get("/users/me")).json()["username"]
    body = {"current_password": PASSWORD, "new_password": NEW}
    answer = await newcomer.put("/users/me/password", json=body)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await newcomer.get("/users/me")).status_code == 401
    assert (await service.client(name, NEW).get("/users/me")).status_code == 200


async def test_ones_own_password_needs_the_current_one(newcomer: httpx.AsyncClient) -> None:
    body = {"current_password": "wrong", "new_password": NEW}
    found = problem(await newcomer.put("/users/me/password", json=body), 422, "invalid-body")
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [
        ("/current_password", "wrong_password")
    ]
    assert NEW not in str(found)
    assert (await newcomer.get("/users/me")).status_code == 200


@pytest.mark.parametrize(
    ("body", "pointer", "code"),
    [
        ({"new_password": NEW}, "/current_password", "missing_field"),
        ({"current_password": PASSWORD}, "/new_password", "missing_field"),
        ({"current_password": PASSWORD, "new_password": "short"}, "/new_password", "length"),
        ({"current_password": 1, "new_password": NEW}, "/current_password", "wrong_type"),
    ],
    ids=str,
)
async def test_a_bad_password_change_is_named(
    newcomer: httpx.AsyncClient, body: Json, pointer: str, code: str
) -> None:
    found = problem(await newcomer.put("/users/me/password", json=body), 422, "invalid-body")
    assert [(e["pointer"], e["code"]) for e in found["errors"]] == [(pointer, code)]


async def test_the_last_enabled_admin_stays(fresh: Service) -> None:
    admin = fresh.client(ADMIN)
    off = {"disabled": True}
    problem(await admin.patch(f"/users/{ADMIN}", json=off), 409, "last-admin")
    second = (await register(admin, role="ADMIN")).json()["username"]
    assert (await admin.patch(f"/users/{second}", json=off)).status_code == 200
    problem(await admin.patch(f"/users/{ADMIN}", json=off), 409, "last-admin")
    assert (await admin.patch(f"/users/{second}", json={"disabled": False})).status_code == 200
    assert (await admin.patch(f"/users/{ADMIN}", json=off)).status_code == 200
    assert (await admin.get("/users")).status_code == 401
    assert (await fresh.client(second).get("/users")).status_code == 200


async def test_everyone_sees_themselves(service: Service) -> None:
    for name, role in ((ANN, "USER"), (ADMIN, "ADMIN")):
        found = (await service.client(name).get("/users/me")).json()
        assert (found["username"], found["role"], found["disabled"]) == (name, role, False)
