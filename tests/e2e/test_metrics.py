"""Metrics of real processes, as Prometheus reads them."""

import os
from collections.abc import Mapping
from pathlib import Path
from signal import SIGKILL

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.e2e.service import JSON_TYPE, PASSWORD, SMALL, USER, Service, running, until
from tests.e2e.workers import WORKERS, are_gone, together, workers_of

TOKEN = "a-token-of-metrics"
POSTS = 12
KINDS = 400
"""More series than there are kinds of requests and other metrics in this test."""

Samples = Mapping[tuple[str, frozenset[tuple[str, str]]], float]


async def scraped(service: Service) -> Samples:
    async with httpx.AsyncClient(base_url=service.url, trust_env=False) as prometheus:
        answer = await prometheus.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def number(samples: Samples, name: str, **labels: str) -> float:
    """Return the sum of all that have these labels."""
    return sum(
        value
        for (one, given), value in samples.items()
        if one == name and frozenset(labels.items()) <= given
    )


async def posted(service: Service, times: int) -> None:
    """Post, each over a connection of its own, so that several workers answer."""
    for _ in range(times):
        async with service.client() as user:
            answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
            assert answer.status_code == 201


async def test_metrics_are_for_who_has_the_token(tmp_path: Path) -> None:
    async with running(tmp_path, metrics_token=TOKEN) as service:
        await service.register()
        async with httpx.AsyncClient(base_url=service.url, trust_env=False) as anyone:
            for given in ("", "Bearer", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN):
                answer = await anyone.get("/metrics", headers={"Authorization": given})
                assert answer.status_code == 401, given
        async with service.client() as user:
            assert (await user.get("/metrics")).status_code == 401
        await scraped(service)
        assert TOKEN not in service.written()
    async with running(tmp_path) as service, service.client(None) as anyone:
        assert (await anyone.get("/metrics")).status_code == 404


async def test_no_request_makes_a_series_of_its_own_or_is_named(tmp_path: Path) -> None:
    async with running(tmp_path, metrics_token=TOKEN) as service:
        await service.register()
        await posted(service, 1)
        async with service.client() as user:
            for n in range(100):
                await user.get(f"/nothing/{n}")
                await user.get(f"/ecg/{n}")
        async with httpx.AsyncClient(base_url=service.url, trust_env=False) as prometheus:
            page = await prometheus.get("/metrics", headers={"Authorization": f"bearer {TOKEN}"})
        assert len(page.text.splitlines()) < KINDS
        assert not {USER, PASSWORD, TOKEN} & {*page.text.replace('"', " ").split()}
        samples = await scraped(service)
        assert number(samples, "ecg_request_seconds_count", route="-") == 100
        assert number(samples, "ecg_samples_total") == 4
        assert number(samples, "ecg_request_seconds_count", status="201", route="/ecg") == 1


async def test_workers_count_together_and_the_dead_count_on(tmp_path: Path) -> None:
    async with together(tmp_path, metrics_token=TOKEN) as service:
        await service.register()
        await posted(service, POSTS)

        async def all_are_counted() -> bool:
            return number(await scraped(service), "ecg_samples_total") == 4 * POSTS

        await until(all_are_counted)
        before = await scraped(service)
        assert number(before, "ecg_workers") == WORKERS
        killed = workers_of(service)[:-1]
        for pid in killed:
            os.kill(pid, SIGKILL)
        await until(lambda: are_gone(killed))

        async def all_serve() -> bool:
            return number(await scraped(service), "ecg_workers") == WORKERS

        await until(all_serve)
        after = await scraped(service)
        assert number(after, "ecg_samples_total") == 4 * POSTS
        assert all(
            after[one] >= value
            for one, value in before.items()
            if one[0].endswith(("_total", "_count", "_bucket"))
        )
