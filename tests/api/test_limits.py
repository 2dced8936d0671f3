"""What is bounded by which setting, on a service where everything is small."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx
import pytest
import pytest_asyncio

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.settings import EdgeSettings, IngestSettings, InsightSettings, ReaderSettings
from tests.api.conftest import settings
from tests.api.doors import ANN, BOB, Service, ecg, lead, post, problem, serving

CROWD, MAX_LEADS = 30, 3


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def cramped(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Service]:
    small = replace(
        settings("sqlite", tmp_path_factory.mktemp("store")),
        edge=EdgeSettings(max_page_bytes=500),
        ingest=IngestSettings(max_leads=MAX_LEADS),
        readers=ReaderSettings(reader_threads=1, reader_queue=4),
        insights=InsightSettings(insight_delay_seconds=3600),
    )
    async with serving(small) as running:
        yield running


async def test_a_crowd_that_waits_for_insights_leaves_the_readers_to_others(
    cramped: Service,
) -> None:
    ann = cramped.client(ANN)
    key = await post(ann)

    async def wait() -> httpx.Response:
        return await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})

    waiting = [asyncio.create_task(wait()) for _ in range(CROWD)]
    while not all(task.done() for task in waiting):
        assert (await ann.get(f"/ecg/{key}?signals=false")).status_code == 200
    for task in waiting:
        answer = task.result()
        assert answer.status_code == 200, answer.text
        assert {one["state"] for one in answer.json()["insights"].values()} == {"done"}


async def test_insights_do_not_wait_for_a_body_that_is_idle(cramped: Service) -> None:
    ann = cramped.client(ANN)
    with cramped.services.ingest.admit(Principal(ANN, Role.USER), 1):
        key = await post(ann)
        answer = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
        assert {one["state"] for one in answer.json()["insights"].values()} == {"done"}


async def test_the_number_of_leads_is_bounded(cramped: Service) -> None:
    ann = cramped.client(ANN)
    await post(ann, ecg(*[lead()] * MAX_LEADS))
    refused = await ann.post("/ecg", json=ecg(*[lead()] * (MAX_LEADS + 1)))
    [error] = problem(refused, 422, "invalid-body")["errors"]
    assert error == {"pointer": "/leads", "code": "length", "detail": "Expected at most 3 leads."}


async def test_a_page_of_large_ecgs_has_fewer_and_a_token_that_goes_on(cramped: Service) -> None:
    bob = cramped.client(BOB)
    keys = [await post(bob, ecg(lead("x" * 32), lead("y" * 32, unit="z" * 16))) for _ in range(5)]
    found, token, sizes = list[str](), "", list[int]()
    while token is not None:
        query = {"page_token": token} if token else {}
        answer = (await bob.get("/ecg", params={"page_size": 4, **query})).json()
        found += [one["ecg_id"] for one in answer["ecgs"]]
        sizes.append(len(answer["ecgs"]))
        token = answer.get("next_page_token")
    assert found == keys[::-1]
    assert set(sizes[:2]) == {2}
