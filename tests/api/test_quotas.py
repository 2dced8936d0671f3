"""What one user may send; by default, as in all other tests, as much as they like."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest

from ecg_service.api.app import create_app
from ecg_service.domain.quotas import Quota
from ecg_service.services.quotas import Quotas
from tests.api.doors import ANN, BOB, ONE_STORE, Service, client, post, problem

pytestmark = ONE_STORE

BODY = b'{"leads":[{"name":"I","signal":[1,-1]}]}'
JSON_TYPE = {"Content-Type": "application/json"}


def bounded(service: Service, **quota: int) -> Service:
    """Return the service with a quota."""
    services = replace(service.services, quotas=Quotas(Quota(**quota)))
    return Service(services, create_app(services))


async def test_by_default_nobody_hears_of_a_quota(ann: httpx.AsyncClient) -> None:
    answer = await ann.get("/ecg")
    assert not [name for name in answer.headers if name.startswith("ratelimit")]


async def test_every_answer_tells_what_is_left(service: Service) -> None:
    ann = bounded(service, requests=9, num_bytes=1000).client(ANN)
    policy = '"requests";q=9;w=60, "bytes";q=1000;qu="content-bytes";w=60'
    asked = [
        (await ann.post("/ecg", content=BODY, headers=JSON_TYPE), 201),
        (await ann.post("/ecg", content=b"{", headers=JSON_TYPE), 400),
        (await ann.get("/ecg"), 200),
        (await ann.get("/users"), 403),
        (await ann.head("/ecg"), 200),
        (await ann.get("/ecg?unknown=1"), 400),
    ]
    left = ((8, 960), (7, 959), (6, 959), None, (5, 959), (4, 959))
    for (answer, status), each in zip(asked, left, strict=True):
        assert answer.status_code == status
        if each:
            assert answer.headers["RateLimit-Policy"] == policy
            requests, num_bytes = answer.headers["RateLimit"].replace(";t=59", ";t=60").split(", ")
            assert requests == f'"requests";r={each[0]};t=60'
            assert num_bytes == f'"bytes";r={each[1]};t=60'


async def test_beyond_it_the_answer_says_when_to_come_again(service: Service) -> None:
    door = bounded(service, requests=2)
    ann, bob = door.client(ANN), door.client(BOB)
    for _ in range(2):
        await post(ann)
    before = (await service.client(ANN).get("/ecg")).json()["ecgs"]
    for refused in (
        await ann.post("/ecg", content=BODY, headers=JSON_TYPE),
        await ann.post(
            "/ecg/batch", content=BODY, headers={"Content-Type": "application/x-ndjson"}
        ),
        await ann.get("/ecg"),
    ):
        problem(refused, 429, "quota-exceeded")
        assert 50 <= int(refused.headers["Retry-After"]) <= 60
        assert refused.headers["RateLimit"].startswith('"requests";r=0;t=')
    assert (await service.client(ANN).get("/ecg")).json()["ecgs"] == before
    await post(bob)
    assert (await client(door.app).get("/health/live")).status_code == 200


@pytest.mark.parametrize("is_announced", [True, False])
async def test_bytes_count_however_they_come(service: Service, *, is_announced: bool) -> None:
    ann = bounded(service, num_bytes=len(BODY) + 1).client(ANN)

    async def parts() -> AsyncIterator[bytes]:
        for at in range(0, len(BODY), 8):
            yield BODY[at : at + 8]

    for status in (201, 201, 429):
        body = BODY if is_announced else parts()
        answer = await ann.post("/ecg", content=body, headers=JSON_TYPE)
        assert answer.status_code == status
