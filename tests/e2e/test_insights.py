"""Insights that a crash left behind."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from signal import Signals

from tests.e2e.service import JSON_TYPE, SMALL, running


async def test_the_first_sweep_after_a_crash_finds_every_pending_insight(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        settings = {"insight_mailbox": 1, "sweep_seconds": 3600}  # hints beyond the first are lost
        busy = await stack.enter_async_context(running(tmp_path, **settings))
        await busy.register()
        user = await stack.enter_async_context(busy.client())
        posts = [user.post("/ecg", content=SMALL, headers=JSON_TYPE) for _ in range(20)]
        answers = await asyncio.gather(*posts)
        keys = [answer.json()["ecg_id"] for answer in answers]
        await busy.stop(Signals.SIGKILL)
    async with running(tmp_path, sweep_seconds=3600) as service, service.client() as user:
        for key in keys:
            answer = await user.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
            assert answer.json()["insights"]["statistics"]["state"] == "done", answer.text
