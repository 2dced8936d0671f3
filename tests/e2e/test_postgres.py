"""Services as processes of their own over one PostgreSQL database."""

import asyncio
from collections.abc import Generator
from pathlib import Path
from signal import Signals

import httpx
import pytest
from click.testing import CliRunner

from ecg_service.cli import main
from tests.e2e.service import JSON_TYPE, SMALL, Service, listed, running
from tests.postgres import new_schema

POSTS = 50
SECRET = "never-to-be-logged"


@pytest.fixture
def url() -> Generator[str]:
    """Yield a URL with a password, which a server that trusts everybody does not ask for."""
    with new_schema() as made:
        yield made.replace("postgres@", f"postgres:{SECRET}@", 1)


async def test_two_services_share_one_database(tmp_path: Path, url: str) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    async with (
        running(folders[0], database_url=url) as one,
        running(folders[1], database_url=url) as two,
    ):
        await one.register()
        async with one.client() as to_one, two.client() as to_two:

            async def post(user: httpx.AsyncClient, number: int) -> tuple[int, str]:
                headers = {**JSON_TYPE, "Idempotency-Key": str(number)}
                answer = await user.post("/ecg", content=SMALL, headers=headers)
                assert answer.status_code == 201, answer.text
                return number, answer.json()["ecg_id"]

            answers = await asyncio.gather(
                *(post(user, number) for number in range(POSTS) for user in (to_one, to_two))
            )
            assert len({*answers}) == POSTS
            one.send_signal(Signals.SIGKILL)
            await one.ended()
            assert {found["ecg_id"] for found in await listed(to_two)} == {i for _, i in answers}
        assert await two.stop() == 0
        for service in (one, two):
            assert SECRET not in service.written()


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path, url: str) -> None:
    async with running(tmp_path, database_url=url) as service:
        await service.register()
        ids = [await _post(service) for _ in range(3)]
        await service.stop(Signals.SIGKILL)
    async with running(tmp_path, database_url=url) as service, service.client() as user:
        assert {one["ecg_id"] for one in await listed(user)} == {*ids}
        for ecg_id in ids:
            found = await user.get(f"/ecg/{ecg_id}/insights", headers={"Prefer": "wait=30"})
            assert {one["state"] for one in found.json()["insights"].values()} == {"done"}


async def _post(service: Service) -> str:
    async with service.client() as user:
        answer = await user.post("/ecg", content=SMALL, headers=JSON_TYPE)
        return answer.json()["ecg_id"]


def test_the_commands_of_databases(url: str, tmp_path: Path) -> None:
    def db(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["db", *arguments, "--database-url", url])
        assert SECRET not in done.output
        return done.exit_code, done.output

    assert db("check") == (69, "Error: there is no database postgresql://127.0.0.1:5432/test\n")
    steps = "0001_create_tables, 0002_add_generation, 0003_add_identities, 0004_add_grants, 0005_add_audit, 0006_pack_audit"
    assert db("migrate")[1].endswith(f"/test: applied {steps}\n")
    assert db("migrate")[1].endswith("/test is up to date\n")
    assert db("check")[0] == 0
    file = str(tmp_path / "backup")
    assert db("backup", file)[0] == 0
    assert db("restore", file, "--force")[1].startswith(
        "postgresql://127.0.0.1:5432/test: restored from"
    )


@pytest.mark.parametrize("command", [("users", "list"), ("db", "check"), ("serve", "--port", "0")])
def test_who_postgres_refuses_is_named_with_the_place(url: str, command: tuple[str, ...]) -> None:
    stranger = url.replace("postgres:", "stranger:", 1)
    refused = CliRunner().invoke(main, [*command, "--database-url", stranger])
    assert refused.exit_code == 69
    *_, line = refused.stderr.splitlines()
    assert "refuses the user or the password" in line
    assert 'role "stranger" does not exist; postgresql://' in line
    assert SECRET not in refused.output
