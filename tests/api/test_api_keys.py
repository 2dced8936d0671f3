"""API keys: made once, narrow, and worth nothing when they are revoked, expired, or their user is disabled."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import httpx
import pytest
import pytest_asyncio

from ecg_service.domain.opaque import Opaque, Prefix
from ecg_service.settings import AccessSettings
from tests.api.conftest import STORES, with_store
from tests.api.doors import (
    PASSWORD,
    UNKNOWN_ID,
    Json,
    Service,
    bearer,
    ecg,
    post,
    problem,
    serving,
)

KEY = re.compile(r"ecg_[0-9A-Za-z]{71}")


@pytest_asyncio.fixture(loop_scope="session", params=STORES)
async def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncGenerator[Service]:
    """Return a service of one's own, in which a user may have three keys."""
    with with_store(request.param, tmp_path) as given:
        access = AccessSettings(max_api_keys=3, last_use_seconds=0.02)
        async with serving(replace(given, access=access)) as running:
            yield running


async def make(user: httpx.AsyncClient, *scopes: str, **fields: object) -> Json:
    answer = await user.post("/api-keys", json={"name": "ward 3", "scopes": scopes} | fields)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def opens(service: Service, key: str) -> bool:
    answer = await bearer(service.app, key).post("/ecg", json=ecg())
    assert answer.status_code in {201, 401}, answer.text
    return answer.status_code == 201


async def test_a_key_is_shown_once(newcomer: httpx.AsyncClient) -> None:
    before = datetime.now(UTC)
    made = await make(newcomer, "read", "ingest")
    assert KEY.fullmatch(made["key"])
    assert set(made) == {"id", "key", "name", "scopes", "created"}
    assert (made["name"], made["scopes"]) == ("ward 3", ["ingest", "read"])
    assert before <= datetime.fromisoformat(made["created"]) <= datetime.now(UTC)
    listed = await newcomer.get("/api-keys")
    assert listed.json() == {"api_keys": [{k: v for k, v in made.items() if k != "key"}]}
    assert made["key"][-20:] not in listed.text


async def test_keys_are_listed_by_page(newcomer: httpx.AsyncClient) -> None:
    made = [(await make(newcomer, "read", name=f"key {n}"))["id"] for n in range(5)]
    seen, url = list[str](), "/api-keys?page_size=2"
    while url:
        answer = await newcomer.get(url)
        seen += [key["id"] for key in answer.json()["api_keys"]]
        assert ("next" in answer.links) == ("next_page_token" in answer.json())
        url = answer.links.get("next", {}).get("url")
    assert seen == made
    assert all(one < other for one, other in pairwise(seen))
    problem(await newcomer.get("/api-keys?page_token=x"), 400, "invalid-query")


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"name": ""}, "/name"),
        ({"name": " ward"}, "/name"),
        ({"name": "ward\n3"}, "/name"),
        ({"name": "x" * 65}, "/name"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["admin"]}, "/scopes/0"),
        ({"scopes": "read"}, "/scopes"),
        ({"expires": "2020-01-01T00:00:00Z"}, "/expires"),
        ({"expires": "2999-01-01T00:00:00"}, "/expires"),
        ({"owner": "bob"}, "/owner"),
    ],
)
async def test_what_breaks_the_rules_makes_no_key(
    newcomer: httpx.AsyncClient, change: Json, pointer: str
) -> None:
    body = {"name": "ward 3", "scopes": ["read"]} | change
    found = problem(await newcomer.post("/api-keys", json=body), 422, "invalid-body")
    assert found["errors"][0]["pointer"] == pointer
    assert (await newcomer.get("/api-keys")).json() == {"api_keys": []}


async def test_a_key_that_only_sends_reads_nothing(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    key = (await make(newcomer, "ingest"))["key"]
    device = bearer(service.app, key)
    known = await post(device)
    assert (await newcomer.get(f"/ecg/{known}")).status_code == 200
    for path in ("/ecg", f"/ecg/{known}", f"/ecg/{known}/leads/0", f"/ecg/{known}/insights"):
        for method in ("GET", "HEAD"):
            assert (await device.request(method, path)).status_code == 403
    for refused in (
        await device.delete(f"/ecg/{known}"),
        await device.get("/api-keys"),
        await device.post("/api-keys", json={"name": "n", "scopes": ["read"]}),
        await device.get("/users/me"),
    ):
        problem(refused, 403, "insufficient-scope")


async def test_a_key_that_only_reads_sends_and_deletes_nothing(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    known = await post(newcomer)
    reader = bearer(service.app, (await make(newcomer, "read"))["key"])
    assert (await reader.get(f"/ecg/{known}")).status_code == 200
    problem(await reader.post("/ecg", json=ecg()), 403, "insufficient-scope")
    problem(await reader.delete(f"/ecg/{known}"), 403, "insufficient-scope")


async def test_a_revoked_key_opens_nothing_at_once(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    one, other = [await make(newcomer, "ingest") for _ in range(2)]
    assert await opens(service, one["key"])
    assert (await newcomer.delete(f"/api-keys/{one['id']}")).status_code == 204
    assert not await opens(service, one["key"])
    assert await opens(service, other["key"])
    problem(await newcomer.delete(f"/api-keys/{one['id']}"), 404, "not-found")


async def test_another_ones_key_an_unknown_and_a_malformed_one_look_the_same(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    other = await service.newcomer()
    foreign = await make(other, "ingest")
    ids = (foreign["id"], UNKNOWN_ID, "x", foreign["id"].upper(), "%00")
    answers = [await newcomer.delete(f"/api-keys/{one}") for one in ids]
    assert {(a.status_code, a.content) for a in answers} == {(404, answers[0].content)}
    assert await opens(service, foreign["key"])


async def test_a_key_ends_when_its_time_is_over(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=1)
    made = await make(newcomer, "ingest", expires=soon.isoformat())
    assert datetime.fromisoformat(made["expires"]) == soon
    while await opens(service, made["key"]):
        assert datetime.now(UTC) < soon + timedelta(seconds=30)
    assert datetime.now(UTC) >= soon
    [listed] = (await newcomer.get("/api-keys")).json()["api_keys"]
    assert listed["id"] == made["id"]


async def test_the_keys_of_who_is_disabled_open_nothing(
    service: Service, admin: httpx.AsyncClient
) -> None:
    name = f"user-{uuid4()}"
    await service.services.users.register(name, PASSWORD)
    key = (await make(service.client(name), "ingest"))["key"]
    assert await opens(service, key)
    await admin.patch(f"/users/{name}", json={"disabled": True})
    assert not await opens(service, key)
    await admin.patch(f"/users/{name}", json={"disabled": False, "password": "another password"})
    assert await opens(service, key)


async def test_admins_have_no_keys(service: Service, admin: httpx.AsyncClient) -> None:
    answer = await admin.post("/api-keys", json={"name": "n", "scopes": ["read"]})
    problem(answer, 403, "forbidden")


async def test_what_is_no_key_opens_nothing(service: Service, newcomer: httpx.AsyncClient) -> None:
    made = await make(newcomer, "ingest")
    key: str = made["key"]
    known = Opaque(uuid4(), bytes(32))
    wrong = Opaque(UUID(made["id"]), bytes(32))
    for token in (
        "",
        "ecg_",
        key[:-1],
        key + "0",
        key.swapcase(),
        key.replace("ecg_", "ecgr_"),
        known.written(Prefix.API_KEY),
        wrong.written(Prefix.API_KEY),
        wrong.written(Prefix.REFRESH_TOKEN),
        f"{key} {key}",
        f"{key},{key}",
        key * 1000,
    ):
        assert not await opens(service, token), token
    assert await opens(service, key)


async def test_a_user_has_so_many_and_it_is_known_when_each_was_used(fresh: Service) -> None:
    user = await fresh.newcomer()
    made = [await make(user, "ingest") for _ in range(3)]
    body = {"name": "n", "scopes": ["read"]}
    problem(await user.post("/api-keys", json=body), 409, "too-many-keys")
    before = datetime.now(UTC)
    assert await opens(fresh, made[1]["key"])
    async with asyncio.timeout(30):
        listed = (await user.get("/api-keys")).json()["api_keys"]
        while "last_used" not in str(listed):
            await asyncio.sleep(0.05)
            listed = (await user.get("/api-keys")).json()["api_keys"]
    assert ["last_used" in one for one in listed] == [False, True, False]
    assert before <= datetime.fromisoformat(listed[1]["last_used"]) <= datetime.now(UTC)
    await user.delete(f"/api-keys/{made[0]['id']}")
    await make(user, "read")


async def test_what_is_on_its_way_when_its_key_is_revoked_is_not_stored(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    for path, media_type in (("/ecg", "application/json"), ("/ecg/batch", "application/x-ndjson")):
        made = await make(newcomer, "ingest")

        async def body(key_id: str = made["id"]) -> AsyncGenerator[bytes]:
            yield b'{"leads":'
            assert (await newcomer.delete(f"/api-keys/{key_id}")).status_code == 204
            yield b'[{"name":"I","signal":[1,-1]}]}\n'

        device = bearer(service.app, made["key"])
        answer = await device.post(path, content=body(), headers={"Content-Type": media_type})
        item = answer.json()["items"][0] if path.endswith("batch") else answer.json()
        assert item["status"] == 401, answer.text
    assert (await newcomer.get("/ecg")).json()["ecgs"] == []


async def test_a_wait_ends_in_nothing_when_its_key_is_revoked(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    made, kept = await make(newcomer, "read"), await make(newcomer, "read")
    path, wait = f"/ecg/{await post(newcomer)}/insights", {"Prefer": "wait=1"}
    device, other = bearer(service.app, made["key"]), bearer(service.app, kept["key"])
    assert (await device.get(path, headers=wait)).status_code == 200
    # As another process does it: this one remembers for a while that the key was right.
    await service.services.api_keys._grants.remove(  # pyright: ignore[reportPrivateUsage]
        (await newcomer.get("/users/me")).json()["username"], UUID(made["id"])
    )
    problem(await device.get(path, headers=wait), 401, "unauthenticated")
    assert (await other.get(path, headers=wait)).status_code == 200


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api-keys", {"name": "ward 3", "scopes": ["read"]}),
        ("/users/me", None),
        ("/users/me/password", {"current_password": PASSWORD, "new_password": PASSWORD + "x"}),
    ],
)
async def test_who_is_erased_meanwhile_is_nobody(
    fresh: Service, path: str, body: Json | None
) -> None:
    user = await fresh.newcomer()
    name = (await user.get("/users/me")).json()["username"]
    repository = fresh.services.users._repository  # pyright: ignore[reportPrivateUsage]
    await repository.update(name, disabled=True)
    await repository.remove(name)
    method = "GET" if body is None else "PUT" if "password" in path else "POST"
    problem(await user.request(method, path, json=body), 401, "unauthenticated")


async def test_the_rules_of_names_are_said_in_words(
    newcomer: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    asked = [
        await newcomer.post("/api-keys", json={"name": " x", "scopes": ["read"]}),
        await admin.post("/users", json={"username": "a:", "password": PASSWORD}),
    ]
    for answer in asked:
        [error] = problem(answer, 422, "invalid-body")["errors"]
        assert error["code"] == "pattern"
        assert error["detail"].startswith("A name ")


async def test_a_missing_scope_is_named(service: Service, newcomer: httpx.AsyncClient) -> None:
    device = bearer(service.app, (await make(newcomer, "ingest"))["key"])
    told = problem(await device.get("/ecg"), 403, "insufficient-scope")
    assert told["detail"] == "This needs the scope `read`."
    told = problem(await device.get("/api-keys"), 403, "insufficient-scope")
    assert told["detail"] == "No scope allows this: sign in with a name and password."
    problem(await device.get("/users"), 403, "forbidden")


async def test_revoking_what_is_not_there_costs_no_password(
    service: Service, newcomer: httpx.AsyncClient
) -> None:
    """Else each such request would make the next one take Argon2id again."""

    def verified() -> int:
        return service.services.statistics()["credentials"].misses  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType, reportUnknownVariableType]

    assert (await newcomer.get("/users/me")).status_code == 200
    before = verified()
    for key in (UNKNOWN_ID, "x", UNKNOWN_ID):
        problem(await newcomer.delete(f"/api-keys/{key}"), 404, "not-found")
    assert verified() == before
