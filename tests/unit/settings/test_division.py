from dataclasses import fields

import pytest
from typed_settings.constants import METADATA_KEY

from ecg_service.settings import (
    AccessSettings,
    EdgeSettings,
    IngestSettings,
    ReaderSettings,
    ServerSettings,
    Settings,
    divided,
)

DIVIDED = {
    f"{group.name}.{one.name}"
    for group in fields(Settings)
    for one in fields(getattr(Settings(), group.name))
    if one.metadata.get(METADATA_KEY, {}).get("divided")
}


def test_each_worker_has_its_part_of_what_is_for_all() -> None:
    settings = Settings(
        server=ServerSettings(max_connections=900),
        ingest=IngestSettings(ingest_mailbox=10),
        readers=ReaderSettings(reader_threads=2),
    )
    each = divided(settings, 3)
    assert each.server.max_connections == 300
    assert each.ingest.ingest_mailbox == 3
    assert each.readers.reader_threads == 1


@pytest.mark.parametrize("workers", [1, 2, 100_000])
def test_all_else_stays(workers: int) -> None:
    given = Settings(edge=EdgeSettings(max_wait=7), access=AccessSettings(password_threads=5))
    each = divided(given, workers)
    for group in fields(Settings):
        for one in fields(getattr(given, group.name)):
            had, has = (getattr(getattr(tree, group.name), one.name) for tree in (given, each))
            is_divided = f"{group.name}.{one.name}" in DIVIDED
            part = max(1, had // workers) if is_divided and had else had
            assert has == part
