"""Readiness while some writes fail soon after others have succeeded, as on a disk that is nearly full."""

import json
import random
import resource
import secrets
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.disks import MAY_MOUNT, disk_of, filled
from tests.e2e.service import (
    ADMIN,
    JSON_TYPE,
    PASSWORD,
    SMALL,
    Json,
    Service,
    noise,
    running,
    until,
)
from tests.postgres import execute
from tests.servers.process import give
from tests.servers.servers import Servers

LARGE = json.dumps({"leads": [{"name": "I", "signal": noise(random.Random(1), 30_000)}]}).encode()

DatabaseOn = Callable[[Path, Servers], AbstractContextManager[str]]


async def post(service: Service, body: bytes = SMALL) -> httpx.Response:
    async with service.client() as user:
        return await user.post("/ecg", content=body, headers=JSON_TYPE)


async def add_user(service: Service) -> int:
    body = {"username": secrets.token_hex(4), "password": PASSWORD}
    async with service.client(ADMIN) as admin:
        return (await admin.post("/users", json=body)).status_code


async def store_checks(service: Service) -> tuple[int, Json, Json]:
    """Return the status of readiness, and what admins are told of the last write and the last that failed."""
    async with service.client(ADMIN) as admin:
        assert (await admin.get("/health/live")).status_code == 200
        answer = await admin.get("/health/checks")
    found = answer.json()["checks"]
    return answer.status_code, found["store:write"][0], found["store:failed-write"][0]


async def tells(service: Service, why: str) -> None:
    """Check that it is not ready, and that admins are told why."""
    assert not await service.is_ready()
    status, last, failed = await store_checks(service)
    assert (status, last["status"], failed["status"]) == (503, "fail", "warn")
    assert last["output"] == failed["output"] == why


async def recovers(service: Service, why: str) -> None:
    """Check that it gets ready by itself, and that admins still hear what there was."""
    await until(service.is_ready)
    status, last, failed = await store_checks(service)
    assert (status, last["status"], failed["status"]) == (200, "pass", "warn")
    assert failed["output"] == why
    assert (await post(service)).status_code == 201


@contextmanager
def no_room_in_the_log(service: Service, log: Path) -> Generator[None]:
    """Let no file of the service grow beyond the size of this one until the block ends."""
    before = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE)
    now = log.stat().st_size, before[1]
    resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, now)
    try:
        yield
    finally:
        resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, before)


async def test_a_write_that_fails_right_after_a_commit_is_told(tmp_path: Path) -> None:
    why = "StorageUnavailable: the database cannot be read or written"
    async with running(tmp_path, reserve_bytes=0) as service:
        await service.register()
        assert (await post(service)).status_code == 201
        assert await service.is_ready()
        with no_room_in_the_log(service, tmp_path / "ecg.db-wal"):
            assert await add_user(service) == 503
            await tells(service, why)
        await recovers(service, why)
        assert await add_user(service) == 201


@contextmanager
def file_on(disk: Path, _: Servers) -> Generator[str]:
    yield f"sqlite:///{disk / 'ecg.db'}"


@contextmanager
def tablespace_on(disk: Path, servers: Servers) -> Generator[str]:
    """Yield the URL of a new database of a server whose log is elsewhere, or it would stop."""
    give(disk)
    server, name = servers.postgres, f"full_{secrets.token_hex(8)}"
    execute(f"CREATE TABLESPACE {name} LOCATION '{disk}'", url=server.url)
    execute(f"CREATE DATABASE {name} TABLESPACE {name}", url=server.url)
    try:
        yield f"{server.url.removesuffix('postgres')}{name}?sslmode=disable"
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)", url=server.url)
        execute(f"DROP TABLESPACE {name}", url=server.url)


@pytest.mark.skipif(not MAY_MOUNT, reason="only root may mount a small disk")
@pytest.mark.parametrize(
    ("size", "database_on", "why"),
    [
        ("4m", file_on, "StorageFull: the disk is full"),
        ("24m", tablespace_on, "StorageFull: the disk of the database is full"),
    ],
    ids=["sqlite", "postgres"],
)
async def test_a_full_disk_is_told_until_there_is_room(
    tmp_path: Path, servers: Servers, size: str, database_on: DatabaseOn, why: str
) -> None:
    with disk_of(size) as disk, database_on(disk, servers) as url:
        async with running(tmp_path, database_url=url, reserve_bytes=400_000) as service:
            await service.register()
            assert (await post(service)).status_code == 201
            assert await service.is_ready()
            with filled(disk):
                while (answer := await post(service, LARGE)).status_code == 201:
                    pass
                assert answer.status_code == 507
                await tells(service, why)
            await recovers(service, why)
            assert await add_user(service) == 201
