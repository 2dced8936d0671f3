"""What requests leave in the audit trail: one row each, and nothing of what they carry."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from ecg_service.api.app import create_app
from ecg_service.api.edge.access.audited import ACTIONS
from ecg_service.bootstrap.stores import open_beside, open_store
from ecg_service.domain.audit.blocks import Entry
from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import Overloaded
from ecg_service.ports.audit import AuditRepository
from ecg_service.services.audit.queue import AuditLimits, AuditQueue
from ecg_service.services.audit.reading import entries, shown, verify
from ecg_service.settings import AuditSettings, Settings
from tests.api.conftest import settings
from tests.api.doors import ADMIN, ANN, BOB, PASSWORD, Service, bearer, ecg, lead, post, serving
from tests.api.rows import ROWS
from tests.processes import PATIENCE

CANARY = "canary-7f3a91"


@pytest.fixture
def given(tmp_path: Path) -> Settings:
    return replace(settings("sqlite", tmp_path), auditing=AuditSettings("on"))


@pytest_asyncio.fixture(loop_scope="session")
async def audited(given: Settings) -> AsyncGenerator[Service]:
    async with serving(given) as running:
        yield running


async def rows_of(audit: AuditRepository) -> list[Entry]:
    return [one async for one in entries(audit)]


async def rows(service: Service, given: Settings) -> list[Entry]:
    """Return what is stored, once all that waits is."""
    assert service.services.audit
    await service.services.audit.store()
    async with open_beside(given) as store:
        assert [one async for one in verify(store.audit)] == []
        return await rows_of(store.audit)


async def done(service: Service, given: Settings) -> list[tuple[str, str, str, str]]:
    async with open_beside(given) as store:
        names = await store.audit.names()
    return [
        (shown(e.actor, names), e.action, shown(e.object, names), e.outcome)
        for e in (row.event for row in await rows(service, given))
    ]


async def test_each_request_of_a_user_is_a_row(audited: Service, given: Settings) -> None:
    ann, bob, admin = audited.client(ANN), audited.client(BOB), audited.client(ADMIN)
    one = await post(ann)
    before = len(await done(audited, given))
    unknown = uuid4()
    for answer, status in [
        (await ann.get(f"/ecg/{one}"), 200),
        (await ann.head(f"/ecg/{one}"), 200),
        (await ann.get(f"/ecg/{one}/leads/0"), 200),
        (await ann.get(f"/ecg/{one}/insights"), 200),
        (await ann.get("/ecg"), 200),
        (await bob.get(f"/ecg/{one}"), 404),
        (await bob.delete(f"/ecg/{unknown}"), 404),
        (await bob.get("/users"), 403),
        (await admin.get(f"/ecg/{one}"), 403),
        (await admin.get("/users"), 200),
        (await admin.patch(f"/users/{BOB}", json={"disabled": True}), 200),
        (await ann.get("/ecg?unknown=1"), 400),
        (await ann.delete(f"/ecg/{one}"), 204),
    ]:
        assert answer.status_code == status
    found = (await done(audited, given))[before:]
    assert Counter(row for row in found if row[1] != "sign-in") == Counter(
        [
            ("ann", "ecg.read", one, "ok"),
            ("ann", "ecg.read", one, "ok"),
            ("ann", "ecg.read", one, "ok"),
            ("ann", "insights.read", one, "ok"),
            ("ann", "ecg.list", "", "ok"),
            ("bob", "ecg.read", one, "not-found"),
            ("bob", "ecg.delete", str(unknown), "not-found"),
            ("bob", "user.list", "", "forbidden"),
            ("admin", "ecg.read", one, "forbidden"),
            ("admin", "user.list", "", "ok"),
            ("admin", "user.disable", "bob", "ok"),
            ("ann", "ecg.delete", one, "ok"),
        ]
    )
    assert {row[0] for row in found if row[1] == "sign-in"} == {"bob", "admin"}


async def test_a_write_has_its_request_and_where_it_came_from(
    audited: Service, given: Settings
) -> None:
    ann = audited.client(ANN)
    answer = await ann.post("/ecg", json=ecg(), headers={"X-Request-Id": "req-7"})
    [row] = [one for one in await rows(audited, given) if one.event.action == "ecg.create"]
    assert row.event.object == answer.json()["ecg_id"]
    origin = row.event.origin
    assert (origin.issuer, origin.request) == ("password", "req-7")
    assert origin.address.startswith("client ")


async def test_random_requests_leave_a_row_each(audited: Service, given: Settings) -> None:
    ann = audited.client(ANN)
    ids = [await post(ann) for _ in range(3)]
    before = len(await rows(audited, given))
    paths = [f"/ecg/{ids[number % 3]}" if number % 5 else "/ecg" for number in range(40)]
    await asyncio.gather(*(ann.get(path) for path in paths), *(post(ann) for _ in range(10)))
    found = Counter(one.event.action for one in (await rows(audited, given))[before:])
    assert found == {"ecg.read": 32, "ecg.list": 8, "ecg.create": 10}


async def test_nothing_of_what_requests_carry_is_in_it(audited: Service, given: Settings) -> None:
    ann, admin = audited.client(ANN), audited.client(ADMIN)
    await audited.client(CANARY, CANARY).get("/ecg")
    await post(ann, ecg(lead(CANARY), id=CANARY))
    await ann.get(f"/ecg/{CANARY}")
    await ann.get(f"/{CANARY}")
    await admin.patch(f"/users/{CANARY}", json={"disabled": True})
    key = (await ann.post("/api-keys", json={"name": CANARY, "scopes": ["read"]})).json()["key"]
    await bearer(audited.app, key).get("/ecg")
    answer = await audited.client().post(
        "/token", data={"grant_type": "password", "username": CANARY, "password": PASSWORD}
    )
    assert answer.status_code == 400
    found = await rows(audited, given)
    text = repr(found)
    assert [word for word in (CANARY, PASSWORD, key, ANN) if word in text] == []
    assert {one.event.action for one in found} >= {"api-key.create", "ecg.list", "sign-in"}


async def test_a_token_that_comes_again_is_noted(audited: Service, given: Settings) -> None:
    anyone = audited.client()
    password = {"grant_type": "password", "username": ANN, "password": PASSWORD}
    refresh = (await anyone.post("/token", data=password)).json()["refresh_token"]
    again = {"grant_type": "refresh_token", "refresh_token": refresh}
    token = (await anyone.post("/token", data=again)).json()["access_token"]
    assert (await bearer(audited.app, token).get("/ecg")).status_code == 200
    assert (await anyone.post("/token", data=again)).status_code == 400
    found = [(row[0], row[1], row[3]) for row in await done(audited, given)]
    for expected in [
        (ANN, "session.begin", "ok"),
        (ANN, "session.refresh", "ok"),
        ("service", "session.end", "ok"),
        (ANN, "session.reuse", "unauthenticated"),
        (ANN, "ecg.list", "ok"),
    ]:
        assert found.count(expected) == 1, expected


async def test_strangers_are_counted(given: Settings) -> None:
    async with open_store(given) as store:
        queue = AuditQueue(store.audit, AuditLimits(9, 0.01))
        async with queue.kept():
            for number in range(300):
                queue.deny("sign-in", "unauthenticated", f"192.0.2.{number % 150}")
        found = [one.event for one in await rows_of(store.audit)][1:]
    assert len(found) == 101
    assert sum(one.count for one in found) == 300


async def test_storing_ends_though_more_is_noted_meanwhile(given: Settings) -> None:
    async def note() -> None:
        while True:
            queue.note(Event("ecg.list"))
            await asyncio.sleep(0)

    async with open_store(given) as store:
        queue = AuditQueue(store.audit, AuditLimits(10**9, 0.01))
        queue.note(Event("sign-in"))
        noting = asyncio.create_task(note())
        await asyncio.wait_for(queue.store(), PATIENCE)
        noting.cancel()
        stored = [one.event.action for one in await rows_of(store.audit)]
        assert stored[1] == "sign-in"
        await queue.store()
        assert len(await rows_of(store.audit)) > len(stored)


async def test_a_full_queue_refuses(audited: Service, given: Settings) -> None:
    ann = audited.client(ANN)
    one = await post(ann)
    async with open_beside(given) as store:
        full = AuditQueue(store.audit, AuditLimits(1, 0.01))
        full.note(Event("sign-in"))
        with pytest.raises(Overloaded):
            full.admit()
    services = replace(audited.services, audit=full)
    door = Service(services, create_app(services)).client(ANN)
    assert (await door.get(f"/ecg/{one}")).status_code == 503
    assert (await door.post("/ecg", json=ecg())).status_code == 503


def test_each_action_is_of_a_route() -> None:
    assert ACTIONS.keys() <= {f"{row.method} {row.path}" for row in ROWS}
