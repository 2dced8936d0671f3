"""One quota of a user in several processes, with Redis and without."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.e2e.service import JSON_TYPE, PASSWORD, PATIENCE, SMALL, USER, Service
from tests.e2e.workers import WORKERS, together
from tests.redis import own_server

MOST = 12
TRIES = 60


async def send(service: Service) -> httpx.Response:
    """Post over a connection, so perhaps to a worker, of its own."""
    sender = httpx.AsyncClient(
        base_url=service.url, timeout=PATIENCE, trust_env=False, auth=(USER, PASSWORD)
    )
    async with sender:
        return await sender.post("/ecg", content=SMALL, headers=JSON_TYPE)


@pytest.mark.parametrize("is_there", [True, False], ids=["Redis", "no Redis"])
async def test_workers_take_no_more_together_than_the_quota(
    tmp_path: Path, *, is_there: bool
) -> None:
    async with own_server(tmp_path) as redis:
        if not is_there:
            redis.kill()
        quota = {"quota_requests": MOST, "quota_seconds": 600, "quota_url": redis.url}
        async with together(tmp_path, **quota) as service:
            await service.register()
            answers = [await asyncio.gather(*(send(service) for _ in range(6))) for _ in range(10)]
            all_answers = [one for some in answers for one in some]
            found = Counter(one.status_code for one in all_answers)
            assert found[201] + found[429] == TRIES
            # Without it each grants at most its part: a worker that few connections led to grants less.
            least = MOST if is_there else MOST // WORKERS
            assert least <= found[201] <= MOST
            refused = [one for one in all_answers if one.status_code == 429]
            assert all(500 < int(one.headers["Retry-After"]) <= 600 for one in refused)
            assert {one.headers["RateLimit-Policy"] for one in all_answers} == {
                f'"requests";q={MOST};w=600'
            }
            assert MOST % WORKERS == 0
            assert await service.stop() == 0
