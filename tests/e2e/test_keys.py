"""`ecg keys` beside a service of several processes."""

import re
from pathlib import Path

import httpx

from tests.e2e.service import JSON_TYPE, PATIENCE, SMALL, USER, Service, launch, until
from tests.e2e.workers import WORKERS, together

KEY = re.compile(r"\becg_[0-9A-Za-z]{71}\b")
ID = re.compile(r"id ([0-9a-f-]{36})")


async def test_a_key_works_and_ends_in_every_worker(tmp_path: Path) -> None:
    async with together(tmp_path, credential_recheck_seconds=0.05) as service:
        await service.register()
        await command(tmp_path, "create", USER, "ward 3", "--scope", "ingest")
        [key], [key_id] = KEY.findall(service.written()), ID.findall(service.written())

        async def everywhere(status: int) -> bool:
            return {await sent(service, key) for _ in range(4 * WORKERS)} == {status}

        await until(lambda: everywhere(201))
        await command(tmp_path, "revoke", USER, key_id)
        await until(lambda: everywhere(401))
        assert await service.stop() == 0
        assert key in service.written()  # as the command printed it
        assert service.written().count(key) == 1  # and the service never


async def command(folder: Path, *arguments: str) -> None:
    process = await launch(folder, "keys", *arguments)
    assert await process.wait() == 0


async def sent(service: Service, key: str) -> int:
    """Post over a connection, so perhaps to a worker, of its own."""
    headers = JSON_TYPE | {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(base_url=service.url, timeout=PATIENCE, trust_env=False) as user:
        return (await user.post("/ecg", content=SMALL, headers=headers)).status_code
