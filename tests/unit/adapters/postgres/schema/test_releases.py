"""A database that the first schema of PostgreSQL wrote is opened, whole, by every later one.

The dump is of the last commit before the second step, whose service stored what is in the JSON file beside it.
"""

import gzip
import json
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from ecg_service.adapters.core import verify_blob
from ecg_service.api.schemas.ecgs import EcgOut
from ecg_service.bootstrap.service import running_services
from ecg_service.bootstrap.stores import database_from_url
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import SchemaOutdated
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from ecg_service.formats import DEFAULT as JSON
from ecg_service.formats.json import Json
from ecg_service.ports.store import Checked
from ecg_service.settings import Settings, StoreSettings
from tests.postgres import execute, fetch, new_schema
from tests.unit.adapters.postgres.schema.test_migrations import STEPS

DATA = Path(__file__).parents[4] / "data"
DUMP = DATA / "postgres_0001.sql.gz"
SENT: list[dict[str, Any]] = [*json.loads((DATA / "release_0_1_0.json").read_text()).values()]
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name NOT LIKE 'ecgs\\_%'
    ORDER BY table_name, column_name
"""
INDEXES = """
    SELECT indexname, replace(indexdef, current_schema() || '.', '') FROM pg_indexes
    WHERE schemaname = current_schema() AND tablename NOT LIKE 'ecgs\\_%' ORDER BY indexname
"""


@pytest.fixture
def old() -> Generator[str]:
    with new_schema() as url:
        execute(gzip.decompress(DUMP.read_bytes()).decode(), url=url)
        yield url


async def test_it_is_whole_after_its_migration(old: str) -> None:
    database, checked = database_from_url(old), Checked()
    with pytest.raises(SchemaOutdated):
        list(database.check(verify_blob, checked))
    assert database.migrate() == STEPS[1:]
    assert list(database.check(verify_blob, checked)) == []
    assert (checked.ecgs, checked.users, checked.idempotency_keys) == (3, 4, 1)
    async with running_services(Settings(store=StoreSettings(old))) as services:
        for one in SENT:
            page, _ = await services.ecgs.page(one["owner"], limit=9)
            listed = {ecg.client_id: ecg.id for ecg in page if isinstance(ecg, Ecg)}
            ecg_id = listed[one["body"].get("id")]
            read = await services.ecgs.whole(one["owner"], ecg_id, JSON, EcgOut.of)
            assert isinstance(read, bytearray)
            answered, known = json.loads(read)["leads"], one["ecg"]["leads"]
            for field in ("signal", "zero_crossings"):
                assert [lead[field] for lead in answered] == [lead[field] for lead in known]
        named = json.dumps(SENT[0]["body"]).encode()
        receipt = await services.ingest.submit(Principal("alice", Role.USER), Json(), named)
        assert receipt.replayed


def test_a_new_database_has_the_same_schema(old: str) -> None:
    database_from_url(old).migrate()
    with new_schema() as new:
        database_from_url(new).migrate()
        for query in (COLUMNS, INDEXES):
            assert fetch(query, url=old) == fetch(query, url=new)
