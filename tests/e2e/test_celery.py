"""Insights by workers behind RabbitMQ, over one PostgreSQL database."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ecg_service.adapters.celery import Broker
from tests.e2e.service import JSON_TYPE, SMALL, Service, launch, running, until
from tests.e2e.working import DEADLY
from tests.postgres import execute, fetch, new_schema
from tests.proxy import proxying
from tests.rabbitmq import URL, address, new_queue, parked, require_rabbitmq, waiting

COMMAND = (sys.executable, "-m", "tests.e2e.working")
POSTS, KILLS = 40, 3
KILLING = SMALL.replace(b'"I"', f'"{DEADLY}"'.encode())
NEVER = 3600
LOOK = 0.1

NOTE_ENDS = (
    "CREATE TABLE ends (ecg_id uuid, name bytea)",
    """CREATE FUNCTION note_end() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO ends VALUES (NEW.ecg_id, NEW.name); RETURN NULL; END $$""",
    """CREATE TRIGGER note_end AFTER INSERT OR UPDATE ON insights FOR EACH ROW
    WHEN (NEW.state IN ('done', 'failed')) EXECUTE FUNCTION note_end()""",
)
"""Keeps a row for each time that the end of an insight is stored."""


@dataclass(frozen=True)
class Worker:
    """A process that computes insights."""

    process: asyncio.subprocess.Process
    log: Path

    async def has_begun(self) -> bool:
        return "computing what" in self.log.read_text()

    @property
    def has_ended(self) -> bool:
        return self.process.returncode is not None


@dataclass(frozen=True)
class Cluster:
    """A service, and what its workers have in common with it."""

    folder: Path
    service: Service
    url: str
    broker: Broker
    settings: dict[str, Any]
    command: Sequence[str] = COMMAND

    @asynccontextmanager
    async def working(self) -> AsyncGenerator[Worker]:
        """Run a worker, which is killed at the end of the block."""
        folder = self.folder / f"worker-{len([*self.folder.glob('worker-*')])}"
        folder.mkdir()
        process = await launch(folder, "worker", command=self.command, **self.settings)
        try:
            yield Worker(process, folder / "log")
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()

    async def post(self, count: int = POSTS, body: bytes = SMALL) -> list[str]:
        async with self.service.client() as user:
            posts = [user.post("/ecg", content=body, headers=JSON_TYPE) for _ in range(count)]
            answers = await asyncio.gather(*posts)
        assert [answer.status_code for answer in answers] == [201] * count
        return [answer.json()["ecg_id"] for answer in answers]

    async def work_of(self, ecg_id: str, wait: int = 0) -> dict[str, Any]:
        async with self.service.client() as user:
            answer = await user.get(f"/ecg/{ecg_id}/insights", headers={"Prefer": f"wait={wait}"})
        return answer.json()["insights"]["work"]

    def number(self, *states: str) -> int:
        """Return how many insights are in one of these states."""
        listed = ", ".join(f"'{state}'" for state in states)
        [row] = fetch(f"SELECT count(*) FROM insights WHERE state IN ({listed})", url=self.url)
        return row[0]

    async def is_idle(self) -> bool:
        await asyncio.sleep(LOOK)
        return not self.number("pending", "running")

    async def is_busy(self) -> bool:
        await asyncio.sleep(LOOK)
        return self.number("running") > 0


@asynccontextmanager
async def cluster(
    folder: Path,
    broker_url: str = URL,
    command: Sequence[str] = COMMAND,
    **settings: Any,
) -> AsyncGenerator[Cluster]:
    """Run a service with a schema and a queue of its own, whose insights are all left to workers."""
    async with AsyncExitStack() as stack:
        url, broker = stack.enter_context(new_schema()), stack.enter_context(new_queue())
        settings = {
            "database_url": url,
            "tasks": "celery",
            "broker_url": broker_url,
            "broker_queue": broker.queue,
            "cheap_insight_percent": 0,
            "sweep_seconds": 1,
            **settings,
        }
        service = await stack.enter_async_context(running(folder, command, **settings))
        await service.register()
        yield Cluster(folder, service, url, broker, settings, command)


async def test_each_insight_ends_once_whoever_is_killed(tmp_path: Path) -> None:
    """Workers are killed from outside, and one ECG kills them from within until it is given up."""
    async with cluster(tmp_path, lease_seconds=NEVER) as it:
        execute(*NOTE_ENDS, url=it.url)
        ids = await it.post(POSTS // 2)
        [deadly] = await it.post(1, KILLING)
        ids += await it.post(POSTS // 2)
        kills = 0
        while kills < KILLS or not await it.is_idle():
            if await it.is_idle():  # a busy machine looks late, and the deadly one has killed more
                ids += await it.post(POSTS // 2)
            async with it.working() as worker:
                before = it.number("done")
                goal = before + 3 if kills < KILLS else 3 * len(ids) + 3

                async def enough(worker: Worker = worker, goal: int = goal) -> bool:
                    return worker.has_ended or await it.is_idle() or it.number("done") >= goal

                await until(enough)
                kills += not worker.has_ended
        assert [(await it.work_of(ecg_id))["result"] for ecg_id in ids] == ids
        given_up = await it.work_of(deadly)
        assert (given_up["state"], given_up["error"]) == (
            "failed",
            "TimeoutError: no attempt came to an end",
        )
        ends = fetch("SELECT count(*) FROM ends GROUP BY ecg_id, name", url=it.url)
        assert [row[0] for row in ends] == [1] * 3 * (len(ids) + 1)
        assert waiting(parked(it.broker)) == 0


async def test_another_worker_goes_on_at_once_and_a_stopped_one_ends_what_it_began(
    tmp_path: Path,
) -> None:
    async with (
        cluster(tmp_path, lease_seconds=NEVER, sweep_seconds=NEVER) as it,
        it.working() as other,
    ):
        await until(other.has_begun)
        async with it.working() as killed:
            await until(killed.has_begun)
            ids = await it.post()
            await until(it.is_busy)
        states = [(await it.work_of(ecg_id, wait=30))["state"] for ecg_id in ids]
        assert states == ["done"] * POSTS

        await it.post()
        await until(it.is_busy)
        before = it.number("done")
        other.process.terminate()
        assert await other.process.wait() == 0
        assert not await it.is_busy()
        assert it.number("done") > before


async def test_ingest_goes_on_without_a_broker_and_insights_catch_up(tmp_path: Path) -> None:
    async with (
        proxying(*address()) as proxy,
        cluster(tmp_path, f"amqp://127.0.0.1:{proxy.listening}") as it,
        it.working() as worker,
    ):
        await it.post(1)
        await until(it.is_idle)
        proxy.go_down()
        ids = await it.post()
        assert it.number("pending") == 2 * POSTS
        await until(
            lambda: it.service.has_logged(f"the broker amqp://127.0.0.1:{proxy.listening} is lost")
        )
        assert await it.service.is_ready()
        assert [(await it.work_of(ecg_id))["state"] for ecg_id in ids] == ["pending"] * POSTS
        proxy.is_down = False
        await until(it.is_idle)
        assert not worker.has_ended
        assert it.number("failed") == 0
        assert await it.service.stop() == 0


async def test_a_worker_that_the_broker_refuses_says_so_and_ends(tmp_path: Path) -> None:
    require_rabbitmq()
    with new_schema() as url:
        settings = {"database_url": url, "tasks": "celery"}
        settings["broker_url"] = "amqp://nobody:secret@{}:{}".format(*address())
        worker = await launch(tmp_path, "worker", **settings)
        assert await worker.wait() == 69
    log = (tmp_path / "log").read_text()
    assert "ACCESS_REFUSED" in log
    assert log.endswith(
        "Error: the broker amqp://{}:{}, asked by nobody, does not let this worker work;"
        " the log says why\n".format(*address())
    )
    assert "secret" not in log
