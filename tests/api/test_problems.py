"""Errors other than the content of a body, each as an RFC 9457 problem."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

import httpx
import pytest

from ecg_service.actors import Actor, ActorPool, Threads
from ecg_service.adapters.core import RustCore
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.memory.insights import MemoryInsights
from ecg_service.api.app import create_app
from ecg_service.api.edge.bodies import MAX_SMALL_BODY, BodyLimits
from ecg_service.api.state import Services
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import EcgError, OutcomeUnknown, StorageFull, StorageUnavailable
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role
from ecg_service.insights.zero_crossings import stored_counts
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.health import Health
from ecg_service.services.in_flight import MEMORY_PER_BYTE, BodiesInFlight
from ecg_service.services.ingest.submissions import Answers, Ingest, Submission
from ecg_service.services.insights.backlog import Backlog
from ecg_service.services.insights.changes import InsightChanges
from tests.api.doors import ADMIN, ANN, BOB, Json, Service, client, dumps, ecg, post, problem

JSON = {"Content-Type": "application/json"}
BODY = dumps(ecg())


def variant(service: Service, name: str = ANN, /, **changes: Any) -> httpx.AsyncClient:
    """Sign in, as Ann or somebody else, to the same service with some parts replaced."""
    services: Services = replace(service.services, **changes)
    return client(create_app(services), name)


def stopped_pool() -> ActorPool[Submission, Answers]:
    return ActorPool(lambda: cast("Any", None), size=1, capacity=1)


@pytest.mark.parametrize(
    "media_type",
    ["text/plain", "", "application/x-www-form-urlencoded", "application/jsonp", "application/*"],
)
@pytest.mark.parametrize("route", ["POST /ecg", "PUT /users/me/password"])
async def test_only_json_is_read(ann: httpx.AsyncClient, route: str, media_type: str) -> None:
    method, path = route.split()
    answer = await ann.request(method, path, content=BODY, headers={"Content-Type": media_type})
    found = problem(answer, 415, "unsupported-media-type")
    assert found["title"] == "Unsupported Media Type"


@pytest.mark.parametrize(
    "media_type",
    ["application/json", "Application/JSON", "application/json;charset=utf-8", "application/json "],
)
async def test_json_has_many_spellings(ann: httpx.AsyncClient, media_type: str) -> None:
    answer = await ann.post("/ecg", content=BODY, headers={"Content-Type": media_type})
    assert answer.status_code == 201


@pytest.mark.parametrize("coding", ["br", "deflate", "identity", "", "br, gzip", "gzip, gzip"])
async def test_bodies_in_other_codings_are_not_read(ann: httpx.AsyncClient, coding: str) -> None:
    headers = JSON | {"Content-Encoding": coding}
    for method, path in (("POST", "/ecg"), ("PUT", "/users/me/password")):
        answer = await ann.request(method, path, content=unread(), headers=headers)
        problem(answer, 415, "unsupported-media-type")
        assert answer.headers["Accept-Encoding"] == "gzip, zstd"


async def unread() -> AsyncGenerator[bytes]:
    """Fail the test when a body is read."""
    pytest.fail("the body was read")
    yield b""


async def in_pieces(size: int, pieces: int) -> AsyncGenerator[bytes]:
    for _ in range(pieces):
        yield b" " * size


async def test_a_body_announced_too_large_is_refused_before_it_is_read(
    ann: httpx.AsyncClient,
) -> None:
    """A sender who waits for `100 Continue` is answered without; others may finish sending."""
    for expect, body in (({"Expect": "100-continue"}, unread()), ({}, in_pieces(1, 1))):
        headers = JSON | {"Content-Length": "10000001"} | expect
        answer = await ann.post("/ecg", content=body, headers=headers)
        problem(answer, 413, "request-entity-too-large")
        assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize("length", ["9" * 20, "9" * 5_000, "0" * 5_000 + "9" * 8], ids=len)
async def test_absurd_lengths_are_too_large(ann: httpx.AsyncClient, length: str) -> None:
    headers = JSON | {"Content-Length": length, "Expect": "100-continue"}
    answer = await ann.post("/ecg", content=unread(), headers=headers)
    problem(answer, 413, "request-entity-too-large")


@pytest.mark.parametrize("announced", ["5", "-1", "x", "1e3", "+5", ""])
async def test_a_body_that_grows_too_large_is_cut_off(service: Service, announced: str) -> None:
    ann = variant(service, limits=BodyLimits(1_000))
    headers = JSON | ({"Content-Length": announced} if announced else {})
    answer = await ann.post("/ecg", content=in_pieces(600, 2), headers=headers)
    problem(answer, 413, "request-entity-too-large")
    assert answer.headers["Connection"] == "close"


@pytest.mark.parametrize(
    ("user", "route"), [(ADMIN, "POST /users"), (ANN, "PUT /users/me/password")]
)
async def test_small_bodies_have_a_small_limit(service: Service, user: str, route: str) -> None:
    method, path = route.split()
    body = b" " * (MAX_SMALL_BODY + 1)
    answer = await service.client(user).request(method, path, content=body, headers=JSON)
    problem(answer, 413, "request-entity-too-large")


def overloaded(answer: httpx.Response) -> None:
    found = problem(answer, 503, "overloaded")
    assert (found["title"], answer.headers["Retry-After"]) == ("Too much to do, try again", "1")


def no_backlog() -> Backlog:
    return Backlog(MemoryInsights({}), max_seconds=60)


async def test_a_body_without_room_is_refused_before_it_is_read(service: Service) -> None:
    async with ActorPool(lambda: cast("Any", None), size=1, capacity=1) as pool:
        ann = variant(
            service,
            ingest=Ingest(pool, BodiesInFlight(max_bytes=100 * MEMORY_PER_BYTE), no_backlog()),
        )
        headers = JSON | {"Content-Length": "101"}
        overloaded(await ann.post("/ecg", content=unread(), headers=headers))


class Busy(Actor[Submission, Answers]):
    """Never done."""

    async def handle(self, batch: Sequence[Submission], /) -> Sequence[Answers]:
        del batch
        await asyncio.Event().wait()
        return []


async def test_a_body_that_would_wait_is_refused_before_it_is_read(service: Service) -> None:
    async with ActorPool(Busy, size=1, capacity=1, drain_timeout=0) as pool:
        ingest = Ingest(pool, BodiesInFlight(max_bytes=10**9), no_backlog())
        ann, headers = variant(service, ingest=ingest), JSON | {"Content-Length": "101"}
        pool.tell(cast("Submission", None))
        while not pool.statistics().busy:  # noqa: ASYNC110 - it takes one turn of the loop
            await asyncio.sleep(0)
        pool.tell(cast("Submission", None))
        overloaded(await ann.post("/ecg", content=unread(), headers=headers))


async def test_a_stopped_pool_takes_nothing_and_is_not_ready(service: Service) -> None:
    pool = stopped_pool()
    ecgs = MemoryStore.open()
    async with ecgs as store:
        ann = variant(
            service,
            ingest=Ingest(pool, BodiesInFlight(max_bytes=10**9), no_backlog()),
            health=Health(pool, BodiesInFlight(max_bytes=1), no_backlog(), store),
        )
        overloaded(await ann.post("/ecg", json=ecg()))
        ready = await ann.get("/health/ready")
        assert (ready.status_code, ready.json()) == (503, {"status": "fail"})
        assert ready.headers["Content-Type"] == "application/health+json"
        assert (await ann.get("/health/live")).status_code == 200


async def test_admins_are_told_what_readiness_follows_from_and_nobody_else(
    service: Service,
) -> None:
    async with MemoryStore.open() as store:
        health = Health(stopped_pool(), BodiesInFlight(max_bytes=1), no_backlog(), store)
        told = await variant(service, ADMIN, health=health).get("/health/checks")
        assert (told.status_code, told.json()["status"]) == (503, "fail")
        assert told.headers["Content-Type"] == "application/health+json"
        assert told.json()["checks"]["ingest:stopped"] == [
            {"status": "fail", "observedValue": True, "output": "No ECG is taken in any more."}
        ]
        assert "ingest" not in (await variant(service, health=health).get("/health/ready")).text


async def test_liveness_needs_no_part_of_the_service(service: Service) -> None:
    nothing: Any = None
    parts = dict.fromkeys(("ingest", "ecgs", "users", "health"), nothing)
    answer = await variant(service, **parts).get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "pass"})


async def test_what_is_in_flight_counts_and_is_given_back(service: Service) -> None:
    ingest = service.services.ingest
    ann = service.client(ANN)
    room = 256_000_000 // MEMORY_PER_BYTE
    with ingest.admit(Principal(BOB, Role.USER), room - len(BODY)):
        assert (await ann.post("/ecg", content=BODY, headers=JSON)).status_code == 201
        overloaded(await ann.post("/ecg", content=BODY + b" ", headers=JSON))
    refused = await ann.post("/ecg", content=b"{", headers=JSON)
    problem(refused, 400, "malformed-body")
    with ingest.admit(Principal(BOB, Role.USER), room):
        overloaded(await ann.post("/ecg", content=BODY, headers=JSON))
    await post(ann)


async def test_a_fault_of_ours_tells_nothing_but_the_log(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    ann = variant(service, ecgs=None)
    with caplog.at_level(logging.ERROR, "ecg_service"):
        found = problem(await ann.get("/ecg"), 500, "internal-error")
    assert found == {
        "type": "/problems/internal-error",
        "title": "The service has a fault",
        "status": 500,
    }
    assert "AttributeError" in caplog.text


class FailingEcgs(Ecgs):
    """Fails with an error of the store."""

    def __init__(self, error: EcgError) -> None:
        self._error = error

    async def delete(self, owner: Principal, ecg_id: UUID) -> None:
        raise self._error


@pytest.mark.parametrize(
    ("error", "status", "slug"),
    [
        (StorageUnavailable("secret path"), 503, "storage-unavailable"),
        (StorageFull("secret path"), 507, "storage-full"),
    ],
    ids=["unavailable", "full"],
)
async def test_a_failing_store_says_when_to_come_back(
    service: Service, error: EcgError, status: int, slug: str
) -> None:
    ann = variant(service, ecgs=FailingEcgs(error))
    answer = await ann.delete(f"/ecg/{UUID(int=1)}")
    assert "secret" not in str(problem(answer, status, slug))
    assert answer.headers["Retry-After"] == "1"


async def test_an_outcome_that_nobody_knows_is_no_503(service: Service) -> None:
    """Clients repeat what is 503, and would store it twice."""
    ann = variant(service, ecgs=FailingEcgs(OutcomeUnknown("secret path")))
    answer = await ann.delete(f"/ecg/{UUID(int=1)}")
    assert "secret" not in str(problem(answer, 500, "outcome-unknown"))
    assert "Retry-After" not in answer.headers


async def damaged(store: MemoryStore) -> str:
    """Store an ECG of Ann whose samples cannot be trusted."""
    key = UUID(int=1)
    crossings = [{"name": "I", "zero_crossings": 0}]
    record = InsightRecord(key, "zero_crossings", 1, InsightState.DONE, 1, crossings)
    made = Ecg(key, ANN, datetime.now(UTC), (Lead("I", 1),))
    await store.ecgs.add_many([StoredEcg(made, (record,), b"not a blob")])
    return str(key)


async def test_a_damaged_ecg_is_an_error_and_never_wrong_data(service: Service) -> None:
    threads = Threads("unpack", size=1, capacity=1)
    async with MemoryStore.open() as store:
        key = await damaged(store)
        ann = variant(
            service,
            ecgs=Ecgs(
                store.ecgs, RustCore(threads), stored_counts, InsightChanges(), max_page_bytes=1_000
            ),
        )
        for path in ("", "/leads/0", "/insights?zeros=strict"):
            found = problem(await ann.get(f"/ecg/{key}{path}"), 500, "damaged-ecg")
            assert "detail" not in found
        assert (await ann.get(f"/ecg/{key}?signals=false")).status_code == 200
    threads.close()


async def test_titles_are_constant_per_type(ann: httpx.AsyncClient) -> None:
    titles: dict[str, set[str]] = {}
    for body in (b"{", b"[", b"{}", b"[]", b'{"leads":[]}', b'{"leads":1}', b"\xff"):
        found: Json = (await ann.post("/ecg", content=body, headers=JSON)).json()
        titles.setdefault(found["type"], set()).add(found["title"])
    assert titles == {
        "/problems/malformed-body": {"The body cannot be read"},
        "/problems/invalid-body": {"The body breaks the rules of its schema"},
    }
