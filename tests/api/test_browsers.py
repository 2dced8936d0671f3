"""What browsers are told with every answer, so that none runs, shows, keeps or passes on what it was not meant to."""

from collections.abc import Iterator

import httpx
import pytest

from ecg_service.settings import Settings
from tests.api.conformance import FOR_BROWSERS, check_for_browsers
from tests.api.doors import ADMIN, ANN, ONE_STORE, Service
from tests.api.rows import ROWS, Row, call
from tests.server import PATIENT, serving

pytestmark = ONE_STORE
REFUSED = (b"NO\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"GET / HTTP/2.0\r\nHost: x\r\n\r\n")


async def answers(service: Service, row: Row) -> list[httpx.Response]:
    callers = [service.client(name) for name in (None, ANN, ADMIN)]
    return [
        await call(one, row, method=method) for one in callers for method in (row.method, "TRACE")
    ]


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_every_answer_says_what_browsers_may_not(service: Service, row: Row) -> None:
    for answer in await answers(service, row):
        check_for_browsers(answer)


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_what_is_a_users_is_kept_by_nobody(service: Service, row: Row) -> None:
    for answer in await answers(service, row):
        kept = answer.headers["Cache-Control"]
        public = row.path == "/docs/{file}" and answer.status_code == 200
        assert kept == ("public, max-age=3600" if public else "no-store")


def fields(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.decode().split("\r\n")[1:]:
        name, _, value = line.partition(": ")
        yield name.lower(), value


@pytest.mark.parametrize("request_", REFUSED, ids=repr)
async def test_what_is_refused_before_any_route_says_it_too(
    service: Service, request_: bytes
) -> None:
    async with serving(service.app, Settings(connections=PATIENT)) as door, door.wire() as wire:
        await wire.send(request_)
        head, _, _ = (await wire.rest()).partition(b"\r\n\r\n")
    said = dict(fields(head))
    assert {name: said.get(name) for name in FOR_BROWSERS} == FOR_BROWSERS
    assert "frame-ancestors 'none'" in said["content-security-policy"]
    assert said["cache-control"] == "no-store"
