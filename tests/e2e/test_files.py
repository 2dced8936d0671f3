"""The files of the database are taken away from under the service."""

import json
from pathlib import Path

from tests.e2e.service import JSON_TYPE, SMALL, Answer, listed, problem, running, until


async def test_nothing_is_acknowledged_while_the_database_is_gone(tmp_path: Path) -> None:
    """It is noticed at once, and mended when the database is back; its lost log took nothing along."""
    database, away = tmp_path / "ecg.db", tmp_path / "away.db"
    async with running(tmp_path) as service, service.client() as user:
        await service.register()
        answers = [await user.post("/ecg", content=SMALL, headers=JSON_TYPE)]
        database.rename(away)
        (tmp_path / "ecg.db-wal").unlink()

        async def is_unready() -> bool:
            return not await service.is_ready()

        await until(is_unready)
        refused = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
        problem(Answer(503, dict(refused.headers), refused.content), 503, "storage-unavailable")
        away.rename(database)
        await until(service.is_ready)
        answers.append(await user.post("/ecg", content=SMALL, headers=JSON_TYPE))
        keys = [json.loads(answer.content)["ecg_id"] for answer in answers]
        assert [ecg["ecg_id"] for ecg in await listed(user)] == keys[::-1]
        assert await service.stop() == 0
        assert "Traceback" not in service.written()
