"""The ledger finds whatever a service does wrong."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.torture.sender import Sender

Json = dict[str, Any]
ECG: Json = {"leads": [{"name": "I", "signal": [1, -1], "baseline": 0}], "id": "x"}
OTHER: Json = {"leads": [{"name": "II", "signal": [2], "baseline": 0}]}


class FakeService:
    """A service that answers as it is told, and holds what it is told."""

    def __init__(self) -> None:
        self.held: dict[str, Json] = {}
        self.status = 201
        self.next_id = "a"

    def keep(self, key: str, ecg: Json, crossings: int = 1) -> None:
        lead = ecg["leads"][0]
        count = crossings if len(lead["signal"]) > 1 else 0
        self.held[key] = {**ecg, "ecg_id": key, "leads": [{**lead, "zero_crossings": count}]}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            if not self.status:
                raise httpx.ReadError("cut off")
            return httpx.Response(self.status, json={"ecg_id": self.next_id})
        key = request.url.path.rpartition("/")[2]
        whole = {"ecgs": [*self.held.values()]}
        return httpx.Response(200, json=self.held.get(key, whole))


@pytest.fixture
def service() -> FakeService:
    return FakeService()


@pytest.fixture
def user(service: FakeService) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url="http://ecg", transport=httpx.MockTransport(service))


@pytest.fixture
def ledger(tmp_path: Path) -> Sender:
    return Sender.on(tmp_path / "ledger")


async def sent(ledger: Sender, user: httpx.AsyncClient, ecg: Json = ECG) -> None:
    try:
        await ledger.post(user, ecg)
    except httpx.ReadError:
        return


def nothing(_: FakeService) -> None:
    pass


def as_sent(service: FakeService) -> None:
    service.keep("a", ECG)


def under_another_id(service: FakeService) -> None:
    service.keep("b", ECG)


def twice(service: FakeService) -> None:
    service.keep("a", ECG)
    service.keep("b", ECG)


def altered(service: FakeService) -> None:
    service.keep("a", {**ECG, "leads": [{"name": "I", "signal": [1, -2], "baseline": 0}]})


def miscounted(service: FakeService) -> None:
    service.keep("a", ECG, crossings=2)


def another(service: FakeService) -> None:
    service.keep("c", OTHER)


LOST = "lost or altered"
STATES: list[tuple[int, Callable[[FakeService], None], set[str]]] = [
    (201, as_sent, set()),
    (201, nothing, {LOST}),
    (201, under_another_id, {LOST}),
    (201, twice, {"doubled"}),
    (201, altered, {LOST, "never sent, or altered"}),
    (201, miscounted, {"miscounted"}),
    (201, another, {LOST, "never sent, or altered"}),
    (503, nothing, set()),
    (503, as_sent, {"stored although refused"}),
    (422, as_sent, {"stored although refused"}),
    (500, nothing, set()),
    (500, as_sent, set()),
    (500, twice, {"doubled"}),
    (0, nothing, set()),
    (0, as_sent, set()),
    (0, twice, {"doubled"}),
]


@pytest.mark.parametrize(("status", "holds", "wrong"), STATES)
async def test_what_is_held_must_be_what_was_answered(
    ledger: Sender,
    service: FakeService,
    user: httpx.AsyncClient,
    tmp_path: Path,
    *,
    status: int,
    holds: Callable[[FakeService], None],
    wrong: set[str],
) -> None:
    service.status = status
    await sent(ledger, user)
    holds(service)
    for one in (ledger, Sender.on(tmp_path / "ledger")):
        assert {said.partition(":")[0] for said in await one.findings(user)} == wrong


async def test_a_retry_settles_what_was_unknown(
    ledger: Sender, service: FakeService, user: httpx.AsyncClient
) -> None:
    service.status = 0
    await sent(ledger, user)
    service.status = 503
    await sent(ledger, user)
    service.keep("a", ECG)
    assert await ledger.findings(user) == []
    service.status, service.next_id = 201, "b"
    await sent(ledger, user)
    assert [one.partition(":")[0] for one in await ledger.findings(user)] == [LOST]


async def test_two_ids_for_one_content_are_double(
    ledger: Sender, service: FakeService, user: httpx.AsyncClient
) -> None:
    await sent(ledger, user)
    service.next_id = "b"
    await sent(ledger, user)
    service.keep("a", ECG)
    assert any(one.startswith("doubled") for one in await ledger.findings(user))


async def test_a_journal_cut_off_in_a_line_tells_the_rest(
    ledger: Sender, service: FakeService, user: httpx.AsyncClient, tmp_path: Path
) -> None:
    await sent(ledger, user)
    journal = tmp_path / "ledger"
    before = journal.read_bytes()
    assert [json.loads(line).get("status") for line in before.splitlines()] == [None, 201]
    journal.write_bytes(before[:-9])
    service.keep("a", ECG)
    await sent(Sender.on(journal), user)
    assert await Sender.on(journal).findings(user) == []
