"""Damage in the database of a service: it is reported where it is, and all else works."""

from collections.abc import AsyncGenerator
from contextlib import closing
from pathlib import Path

import apsw
import pytest
import pytest_asyncio

from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.api.app import create_app
from ecg_service.bootstrap.service import running_services
from tests.api.conftest import settings
from tests.api.doors import ADMIN, ANN, BOB, Service, all_ecgs, ecg, lead, post, problem, serving

WAIT = {"Prefer": "wait=20"}


@pytest_asyncio.fixture(loop_scope="session")
async def running(tmp_path: Path) -> AsyncGenerator[Service]:
    """Run a service on a database of its own."""
    async with serving(settings("sqlite", tmp_path)) as service:
        yield service


def alter(folder: Path, statement: str) -> None:
    """Change rows behind the back of the service."""
    with closing(apsw.Connection(str(folder / "ecg.db"))) as connection:
        connection.set_busy_timeout(20_000)
        execute(connection, statement)
        assert connection.changes() > 0


async def test_a_list_goes_past_a_damaged_ecg(running: Service, tmp_path: Path) -> None:
    ann = running.client(ANN)
    keys = [await post(ann, ecg(date=f"2026-01-0{day}T00:00:00Z")) for day in (3, 2, 1)]
    alter(tmp_path, "UPDATE ecgs SET leads = '[]' WHERE pk = 2")
    listed = await all_ecgs(ann)
    assert [one["ecg_id"] for one in listed] == keys
    assert listed[1] == {"ecg_id": keys[1], "damaged": True}
    assert [len(one["leads"]) for one in (listed[0], listed[2])] == [1, 1]

    path, seen = "/ecg?page_size=1", list[str]()
    while path:
        answer = await ann.get(path)
        seen += [one["ecg_id"] for one in answer.json()["ecgs"]]
        path = answer.links.get("next", {}).get("url", "")
    assert seen == keys

    for part in ("", "?signals=false", "/leads/0", "/insights"):
        problem(await ann.get(f"/ecg/{keys[1]}{part}"), 500, "damaged-ecg")
    assert (await ann.delete(f"/ecg/{keys[1]}")).status_code == 204


@pytest.mark.parametrize("result", ["[]", '[{"name":"I","zero_crossings":9}]', "null"])
async def test_a_damaged_count_is_counted_again(
    running: Service, tmp_path: Path, result: str
) -> None:
    ann = running.client(ANN)
    key = await post(ann, ecg(lead("I", 1, -1, 1)))
    await ann.get(f"/ecg/{key}/insights", headers=WAIT)
    alter(tmp_path, f"UPDATE insights SET result = '{result}' WHERE name = 'zero_crossings'")
    for query in ("", "?signals=false"):
        [shown] = (await ann.get(f"/ecg/{key}{query}")).json()["leads"]
        assert (shown["name"], shown["zero_crossings"]) == ("I", 2)
    found = (await ann.get(f"/ecg/{key}/insights", headers=WAIT)).json()
    assert found["leads"] == [{"name": "I", "zero_crossings": 2}]
    assert found["insights"]["statistics"]["state"] == "done"
    damaged = found["insights"]["zero_crossings"]
    assert (damaged["state"], damaged["error"]) == ("failed", "the stored insight is damaged")


async def test_a_damaged_user_cannot_sign_in_and_all_others_can(
    running: Service, tmp_path: Path
) -> None:
    alter(tmp_path, f"UPDATE users SET role = 'ADMIN' WHERE name = '{BOB}'")
    bob, admin = running.client(BOB), running.client(ADMIN)
    for path in ("/users", "/users/me", "/ecg"):
        problem(await bob.get(path), 500, "damaged-user")
    problem(await admin.patch(f"/users/{BOB}", json={"disabled": True}), 500, "damaged-user")
    listed = (await admin.get("/users")).json()["users"]
    assert [user["username"] for user in listed if "damaged" not in user] == [
        ADMIN,
        ANN,
        "dismissed",
    ]
    assert {"username": BOB, "damaged": True} in listed
    assert (await running.client(ANN).get("/ecg")).status_code == 200


async def test_a_service_starts_on_a_damaged_database(tmp_path: Path) -> None:
    async with serving(settings("sqlite", tmp_path)) as service:
        ann = service.client(ANN)
        keys = [await post(ann) for _ in range(8)]
        for key in keys:
            await ann.get(f"/ecg/{key}/insights", headers=WAIT)
    alter(tmp_path, "UPDATE users SET role = 'GUEST' WHERE name = 'bob'")
    alter(
        tmp_path,
        "UPDATE insights SET state = 'pending', attempts = 0, result = NULL, checksum = 0"
        f" WHERE name = 'statistics' AND ecg_id != x'{keys[0].replace('-', '')}'",
    )
    async with running_services(settings("sqlite", tmp_path)) as services:
        ann = Service(services, create_app(services)).client(ANN)
        fresh = await post(ann)
        found = [
            (await ann.get(f"/ecg/{key}/insights", headers=WAIT)).json()["insights"]["statistics"]
            for key in (keys[0], keys[1], fresh)
        ]
        assert [insight["state"] for insight in found] == ["done", "failed", "done"]
        assert [len(one["leads"]) for one in await all_ecgs(ann)] == [1] * 9


async def test_what_a_client_has_already_is_not_read(running: Service, tmp_path: Path) -> None:
    ann = running.client(ANN)
    key = await post(ann)
    paths = (f"/ecg/{key}", f"/ecg/{key}/leads/0")
    tags = [(await ann.get(path)).headers["ETag"] for path in paths]
    alter(tmp_path, "UPDATE ecgs SET blob = x'00'")
    for path, tag in zip(paths, tags, strict=True):
        assert (await ann.get(path, headers={"If-None-Match": tag})).status_code == 304
        problem(await ann.get(path), 500, "damaged-ecg")
