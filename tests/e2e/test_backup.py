"""A backup made under load is a whole database, with everything that was acknowledged before."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import httpx

from tests.e2e.service import Json, Service, launch, listed, running, until
from tests.torture.ledger import content_of
from tests.torture.recordings import kind_of, recording

SENDERS = 4
ENOUGH = 60
SETTINGS = {"password_threads": 1}


@asynccontextmanager
async def loaded(service: Service) -> AsyncGenerator[dict[str, Json]]:
    """Post without a pause until the block ends; what was stored is noted by id."""
    stored: dict[str, Json] = {}
    numbers = (number for number in count() if kind_of(number) != "refused")

    async def post(user: httpx.AsyncClient) -> None:
        for number in numbers:
            ecg = recording(number)
            answer = await user.post("/ecg", json=ecg)
            assert answer.status_code == 201, answer.text
            stored[answer.json()["ecg_id"]] = ecg

    async with service.client() as user:
        senders = [asyncio.create_task(post(user)) for _ in range(SENDERS)]
        try:
            yield stored
        finally:
            for sender in senders:
                sender.cancel()
                with suppress(asyncio.CancelledError):
                    await sender


async def ended(folder: Path, *arguments: str) -> int:
    return await (await launch(folder, *arguments)).wait()


async def test_a_backup_under_load_holds_what_was_acknowledged(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    for folder in (home, elsewhere):
        folder.mkdir()
    async with running(home, **SETTINGS) as service:
        await service.register()
        async with loaded(service) as stored:

            async def enough() -> bool:
                return len(stored) >= ENOUGH

            await until(enough)
            acknowledged = dict(stored)
            assert await ended(home, "db", "backup", "../backup.db") == 0
            assert len(stored) > len(acknowledged)
        assert await ended(home, "db", "restore", "../backup.db", "--force") == 69
    assert await ended(elsewhere, "db", "restore", "../backup.db") == 0
    assert await ended(elsewhere, "db", "check") == 0
    async with running(elsewhere, **SETTINGS) as service, service.client() as user:
        assert acknowledged.keys() <= {ecg["ecg_id"] for ecg in await listed(user)}
        for ecg_id, sent in acknowledged.items():
            got = (await user.get(f"/ecg/{ecg_id}")).json()
            assert content_of(got) == content_of(with_defaults(sent))


def with_defaults(ecg: Json) -> Json:
    return ecg | {"leads": [{"baseline": 0, **lead} for lead in ecg["leads"]]}
