"""One key, sent many times at once over real connections."""

import asyncio
from pathlib import Path

import httpx
import pytest

from tests.e2e.service import JSON_TYPE, SMALL, listed, running

POSTS = 200


@pytest.mark.parametrize("database", ["sqlite:///ecg.db", "memory://"])
async def test_two_hundred_posts_of_one_key_store_one_ecg(tmp_path: Path, database: str) -> None:
    async with running(tmp_path, database_url=database) as service:
        await service.register()
        async with service.client() as user:

            async def post() -> httpx.Response:
                headers = {**JSON_TYPE, "Idempotency-Key": "once"}
                return await user.post("/ecg", content=SMALL, headers=headers)

            answers = await asyncio.gather(*(post() for _ in range(POSTS)))
            ids = {answer.json()["ecg_id"] for answer in answers if answer.status_code == 201}
            refused = {a.json()["type"] for a in answers if a.status_code != 201}
            assert refused <= {"/problems/key-in-use"}
            assert {one["ecg_id"] for one in await listed(user)} == ids
            assert len(ids) == 1
            again = await post()
            assert again.json()["ecg_id"] in ids
            assert again.headers["Idempotency-Replayed"] == "true"


async def test_a_key_outlives_the_process(tmp_path: Path) -> None:
    headers = {**JSON_TYPE, "Idempotency-Key": '"once"'}
    answers: list[httpx.Response] = []
    for _ in range(2):
        async with running(tmp_path) as service:
            if not answers:
                await service.register()
            async with service.client() as user:
                answers.append(await user.post("/ecg", content=SMALL, headers=headers))
            assert await service.stop() == 0
    assert answers[0].content == answers[1].content
    assert [a.headers.get("Idempotency-Replayed") for a in answers] == [None, "true"]
