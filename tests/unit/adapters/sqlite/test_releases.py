"""A database that an earlier release wrote is opened, whole, by every later one."""

import gzip
import json
import re
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

import apsw
import pytest

from ecg_service.adapters.core import verify_blob
from ecg_service.adapters.sqlite import SqliteDatabase
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.api.schemas.ecgs import EcgOut
from ecg_service.bootstrap.service import running_services
from ecg_service.domain.insights import InsightState
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.formats import DEFAULT as JSON
from ecg_service.formats.json import Json
from ecg_service.ports.store import Checked
from ecg_service.settings import InsightSettings, Settings, StoreSettings
from tests.contract.builders import users_of

DATA = Path(__file__).parents[3] / "data"
RELEASES = sorted(path.name.removesuffix(".db.gz") for path in DATA.glob("release_*.db.gz"))


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def database(release: str, tmp_path: Path) -> SqliteDatabase:
    path = tmp_path / "ecg.db"
    path.write_bytes(gzip.decompress((DATA / f"{release}.db.gz").read_bytes()))
    found = SqliteDatabase(path)
    found.migrate()
    return found


@pytest.fixture
def settings(database: SqliteDatabase) -> Settings:
    return Settings(
        store=StoreSettings(f"sqlite:///{database.path}"),
        insights=InsightSettings(lease_seconds=0.01, sweep_seconds=0.05),
    )


@pytest.fixture
def sent(release: str) -> dict[str, Any]:
    """What was sent to it, and what it answered, each by a name."""
    return json.loads((DATA / f"{release}.json").read_text())


def test_each_release_is_tried() -> None:
    """Whoever makes a release keeps a database that it wrote, and what was sent to it."""
    changelog = (DATA.parents[1] / "CHANGELOG.md").read_text()
    versions = {"0.1.0", *re.findall(r"^## \[(\d[^]]*)]", changelog, re.MULTILINE)}
    assert {f"release_{version.replace('.', '_')}" for version in versions} == {*RELEASES}


def test_nothing_of_it_is_damaged(database: SqliteDatabase) -> None:
    checked = Checked()
    assert list(database.check(verify_blob, checked)) == []
    assert (checked.ecgs, checked.users) == (3, 3)


async def test_its_users_are_there(database: SqliteDatabase) -> None:
    async with database.open() as store:
        users = await users_of(store)
    assert [(user.name, user.role, user.disabled, user.epoch) for user in users] == [
        ("alice", Role.USER, False, 0),
        ("bob", Role.USER, True, 0),
        ("root", Role.ADMIN, False, 0),
    ]


async def test_its_ecgs_are_there_as_they_were_sent(
    settings: Settings, sent: dict[str, Any]
) -> None:
    async with running_services(settings) as services:
        for one in sent.values():
            ecg_id = UUID(one["id"])
            read = await services.ecgs.whole(one["owner"], ecg_id, JSON, EcgOut.of)
            assert isinstance(read, bytearray)
            answered, known = json.loads(read), one["ecg"]["leads"]
            assert answered.get("id") == one["body"].get("id")
            for field in ("name", "signal", "zero_crossings"):
                assert [lead[field] for lead in answered["leads"]] == [
                    lead[field] for lead in known
                ]


async def test_an_ecg_sent_to_it_is_known_when_it_is_sent_again(
    settings: Settings, sent: dict[str, Any]
) -> None:
    named = sent["named"]
    async with running_services(settings) as services:
        document = json.dumps(named["body"]).encode()
        receipt = await services.ingest.submit(
            Principal(named["owner"], Role.USER), Json(), document
        )
    assert (str(receipt.ecg_id), receipt.replayed) == (named["id"], True)


async def test_what_it_left_undone_is_done_and_what_failed_stays(
    settings: Settings, sent: dict[str, Any]
) -> None:
    states: dict[str, InsightState] = {}
    async with running_services(settings) as services:
        for name, one in sent.items():
            found = await services.ecgs.insights(one["owner"], UUID(one["id"]), wait=20)
            [statistics] = [r for r in found.records if r.name == "statistics"]
            states[name] = statistics.state
            if statistics.state is InsightState.DONE:
                assert statistics.result == one["insights"]["insights"]["statistics"]["result"]
    done = InsightState.DONE
    assert states == {"named": done, "plain": done, "early": InsightState.FAILED}


def schema(path: Path) -> list[tuple[object, ...]]:
    with closing(apsw.Connection(str(path))) as connection:
        return execute(
            connection,
            "SELECT type, name, tbl_name, sql FROM sqlite_schema"
            " WHERE name NOT LIKE '%migrations%' ORDER BY type, name",
        )


def test_a_new_database_has_the_same_schema(database: SqliteDatabase, tmp_path: Path) -> None:
    fresh = SqliteDatabase(tmp_path / "new.db")
    fresh.migrate()
    assert schema(fresh.path) == schema(database.path)
    assert fresh.path.stat().st_mode & 0o777 == 0o600
