import asyncio
import gzip
from contextlib import closing
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import apsw
import pytest
from click.testing import CliRunner, Result

from ecg_service.bootstrap.service import running_services
from ecg_service.cli import main
from ecg_service.domain.principal import Principal
from ecg_service.formats.json import Json
from ecg_service.settings import Settings

RELEASE = Path(__file__).parents[3] / "data" / "release_0_1_0.db.gz"
ECG = b'{"leads": [{"name": "I", "signal": [1, -1, 2, 0, -3]}]}'


def db(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["db", *arguments])


async def store() -> UUID:
    """Let the service store an ECG, and stop it."""
    async with running_services(Settings()) as services:
        bob = Principal.of(await services.users.register("bob", "correct horse"))
        return (await services.ingest.submit(bob, Json(), ECG, key="k")).ecg_id


def flip_a_byte_of_the_blob(path: Path) -> None:
    with closing(apsw.Connection(str(path))) as database:
        [(blob,)] = cast("Any", database).execute("SELECT blob FROM ecgs").fetchall()
    content = bytearray(path.read_bytes())
    assert content.count(blob) == 1
    content[content.index(blob) + len(blob) // 2] ^= 1
    path.write_bytes(content)


def test_migrate_may_be_repeated(tmp_path: Path) -> None:
    first, second = db("migrate"), db("migrate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "up to date" not in first.stdout
    assert second.stdout == "ecg.db is up to date\n"
    assert (tmp_path / "ecg.db").exists()


def test_a_database_of_an_earlier_version_is_migrated_only_by_who_says_so() -> None:
    old = gzip.decompress(RELEASE.read_bytes())
    Path("ecg.db").write_bytes(old)
    for command in (
        ["users", "list"],
        ["users", "erase", "alice", "--yes"],
        ["keys", "list", "alice"],
        ["db", "check"],
        ["db", "backup", "backup.db"],
        ["db", "copy", "sqlite:///ecg.db", "sqlite:///copy.db"],
    ):
        refused = CliRunner().invoke(main, command)
        assert (refused.exit_code, "run `ecg db migrate`" in refused.stderr) == (69, True), command
    assert Path("ecg.db").read_bytes() == old
    assert db("migrate").exit_code == 0
    assert "alice" in CliRunner().invoke(main, ["users", "list"]).stdout


def test_migrate_of_a_missing_folder() -> None:
    result = db("migrate", "--database-url", "sqlite:///none/ecg.db")
    assert result.exit_code == 69
    assert "there is no folder none" in result.stderr


def test_check_of_a_sound_database() -> None:
    asyncio.run(store())
    result = db("check")
    assert (result.exit_code, result.stdout) == (0, "")
    read = "1 ECG, 5 samples, 2 insights, 2 users, 1 idempotency key, no grants, no audit rows"
    assert result.stderr == f"ecg.db: no problems; read {read}\n"


def test_check_finds_a_flipped_byte(tmp_path: Path) -> None:
    ecg_id = asyncio.run(store())
    flip_a_byte_of_the_blob(tmp_path / "ecg.db")
    result = db("check")
    assert result.exit_code == 1
    [problem] = result.stdout.splitlines()
    assert ecg_id.hex.upper() in problem
    assert result.stderr.startswith("ecg.db: 1 problem; read 1 ECG, no samples, ")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "ecg.db").write_text("x" * 10_000)
    migrated, checked = db("migrate"), db("check")
    assert (migrated.exit_code, checked.exit_code) == (69, 1)
    assert "not a database" in migrated.stderr
    assert "not a database" in checked.stdout


def test_a_backup_is_made_and_restored(tmp_path: Path) -> None:
    asyncio.run(store())
    held = (
        "holds 1 ECG, 5 samples, 2 insights, 2 users, 1 idempotency key, no grants, no audit rows\n"
    )
    made = db("backup", "b.db")
    assert (made.exit_code, made.stdout) == (0, f"b.db: a backup of ecg.db; {held}")
    assert made.stderr == ""  # no bar without a terminal
    refused = db("restore", "b.db")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "exists already: only --force replaces it" in refused.stderr
    restored = db("restore", "b.db", "--database-url", "sqlite:///new.db")
    assert (restored.exit_code, restored.stdout) == (0, f"new.db: restored from b.db; {held}")
    assert db("restore", "b.db", "--force").exit_code == 0
    assert db("check").exit_code == 0


def test_damage_is_told_and_no_backup_of_it_kept_unasked(tmp_path: Path) -> None:
    ecg_id = asyncio.run(store())
    flip_a_byte_of_the_blob(tmp_path / "ecg.db")
    result = db("backup", "b.db")
    assert result.exit_code == 1
    [problem] = result.stdout.splitlines()
    assert ecg_id.hex.upper() in problem
    assert "--keep-damaged" in result.stderr
    assert not (tmp_path / "b.db").exists()
    assert db("backup", "b.db", "--keep-damaged").exit_code == 0
    assert (tmp_path / "b.db").exists()


def test_there_is_nothing_to_back_up() -> None:
    result = db("backup", "b.db")
    assert (result.exit_code, result.stderr) == (69, "Error: there is no database ecg.db\n")


def test_memory_cannot_be_backed_up() -> None:
    for command in ("backup", "restore"):
        result = db(command, "b.db", "--database-url", "memory://")
        assert result.exit_code == 78


def test_the_log_of_a_backup_is_bounded_by_a_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(store())
    monkeypatch.setenv("ECG_MAX_BACKUP_LOG_BYTES", "1")
    with closing(apsw.Connection(str(tmp_path / "ecg.db"))) as database:
        cast("Any", database).execute("DELETE FROM insights")  # a log, as beside a service
        result = db("backup", "b.db")
    assert result.exit_code == 69
    assert "max_backup_log_bytes" in result.stderr


def test_copy_makes_another_database() -> None:
    asyncio.run(store())
    result = db("copy", "sqlite:///ecg.db", "sqlite:///other.db")
    held = "1 ECG, 5 samples, 2 insights, 2 users, 1 idempotency key, no grants, no audit rows"
    assert (result.exit_code, result.stdout) == (0, f"other.db: a copy of ecg.db; holds {held}\n")
    assert db("check", "--database-url", "sqlite:///other.db").exit_code == 0


def test_copy_replaces_a_file_only_if_told(tmp_path: Path) -> None:
    asyncio.run(store())
    (tmp_path / "other.db").write_bytes(b"")
    refused = db("copy", "sqlite:///ecg.db", "sqlite:///other.db")
    assert (refused.exit_code, "only --force replaces it" in refused.stderr) == (1, True)
    assert db("copy", "sqlite:///ecg.db", "sqlite:///other.db", "--force").exit_code == 0


def test_copy_of_what_is_not_there_or_damaged(tmp_path: Path) -> None:
    missing = db("copy", "sqlite:///none.db", "sqlite:///other.db")
    assert (missing.exit_code, missing.stderr) == (69, "Error: there is no database none.db\n")
    asyncio.run(store())
    flip_a_byte_of_the_blob(tmp_path / "ecg.db")
    damaged = db("copy", "sqlite:///ecg.db", "sqlite:///other.db")
    assert damaged.exit_code == 1
    assert "ecgs row 1" in damaged.stdout
    assert not (tmp_path / "other.db").exists()
    assert db("copy", "sqlite:///ecg.db", "sqlite:///other.db", "--keep-damaged").exit_code == 0


@pytest.mark.parametrize(
    ("source", "target"), [("memory://", "sqlite:///a.db"), ("sqlite:///ecg.db", "memory://")]
)
def test_copy_of_memory_is_refused(source: str, target: str) -> None:
    asyncio.run(store())
    refused = db("copy", source, target)
    assert (refused.exit_code, "memory:// ends with its process" in refused.stderr) == (2, True)


def test_copy_says_which_argument_names_nothing() -> None:
    assert "FROM: 'ftp://x' is neither" in db("copy", "ftp://x", "sqlite:///a.db").stderr
    assert (
        ": write sqlite:///ecg.db, or sqlite:////"
        in db("copy", "sqlite:///a.db", "sqlite://b.db").stderr
    )
    wrong = db("copy", "sqlite:///a.db", "postgresql://u:secret@host:54x/x")
    assert (wrong.exit_code, "TO: " in wrong.stderr, "secret" in wrong.stderr) == (2, True, False)


def test_copy_over_a_network_that_anybody_reads_is_refused() -> None:
    refused = db("copy", "sqlite:///a.db", "postgresql://u:secret@host/x")
    assert (refused.exit_code, "secret" in refused.stderr) == (78, False)
    assert refused.stderr.startswith("Error: TO: on the way to postgresql://host/x others may read")


def test_copy_onto_itself_is_refused() -> None:
    asyncio.run(store())
    assert db("copy", "sqlite:///ecg.db", "sqlite:///ecg.db", "--force").exit_code == 69
    assert db("check").exit_code == 0
