"""Rows of earlier releases get checksums; what was damaged before stays damaged."""

import gzip
from pathlib import Path

import pytest

from ecg_service.adapters.sqlite import check, migrate
from tests.unit.adapters.sqlite.alterations import alter

RELEASE = Path(__file__).parents[4] / "data" / "release_0_1_0.db.gz"

FIRST = "(ecg_id, name) = (SELECT id, 'statistics' FROM ecgs WHERE pk = 1)"


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return a database of a release without checksums of insights and users."""
    path = tmp_path / "old.db"
    path.write_bytes(gzip.decompress(RELEASE.read_bytes()))
    return path


def test_every_row_is_sealed(old: Path) -> None:
    migrate(old)
    assert list(check(old)) == []
    for table in ("users", "insights"):
        alter(old, f"UPDATE {table} SET checksum = 0")
    alter(old, "UPDATE ecgs SET blob_checksum = 0")
    places = {problem.split()[0] for problem in check(old)}
    assert places == {"users", "insights", "ecgs"}


@pytest.mark.parametrize(
    ("alteration", "place"),
    [
        ("ecgs SET date = date + 1 WHERE pk = 1", "ecgs row 1, "),
        ("users SET name = CAST(x'ff' AS TEXT) WHERE name = 'bob'", "users row %FF: "),
        ("users SET role = CAST(x'ff' AS TEXT) WHERE name = 'bob'", "users row bob: "),
        (f"insights SET error = CAST(x'ff' AS TEXT) WHERE {FIRST}", "insights row statistics of "),
    ],
)
def test_what_was_damaged_stays_so(old: Path, alteration: str, place: str) -> None:
    alter(old, f"UPDATE {alteration}")
    migrate(old)
    [problem] = check(old)
    assert problem.startswith(place)
