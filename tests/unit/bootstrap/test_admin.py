# ruff: noqa: ASYNC240 - nothing else runs on these event loops
import logging
import os
import stat
import tempfile
from collections.abc import AsyncGenerator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ecg_service.actors import Threads
from ecg_service.adapters.memory import MemoryStore
from ecg_service.adapters.passwords import Argon2Passwords
from ecg_service.bootstrap.admin import ensure_admin
from ecg_service.domain.users import Role
from ecg_service.services.credentials import VerifiedCredentials
from ecg_service.services.users import Users
from ecg_service.settings import AdminSettings, BadSettings, Settings, StoreSettings

PASSWORD = "correct horse"


class Signup(Users):
    """Users, and whether a password is theirs."""

    def __init__(self, store: MemoryStore, hasher: Argon2Passwords) -> None:
        super().__init__(store.users, hasher, VerifiedCredentials())
        self.store, self.hasher = store, hasher

    async def opens(self, password: str, name: str = "admin") -> bool:
        user = await self.store.users.get(name)
        assert user.role is Role.ADMIN
        return await self.hasher.verify(password, user.proof)


@pytest.fixture
async def users() -> AsyncGenerator[Signup]:
    with closing(Threads("password", size=1, capacity=1)) as threads:
        async with MemoryStore.open() as store:
            yield Signup(store, Argon2Passwords(threads))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(store=StoreSettings(f"sqlite:///{tmp_path}/ecg.db"))


def with_admin(settings: Settings, **changes: Any) -> Settings:
    return replace(settings, admin=AdminSettings(**changes))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ecg.db.admin-password"


async def test_a_random_password_is_in_a_file_that_only_its_owner_reads(
    users: Signup, settings: Settings, file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    before = os.umask(0)
    with caplog.at_level(logging.WARNING):
        await ensure_admin(users, settings)
    os.umask(before)
    password = file.read_text().strip()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await users.opens(password)
    assert len(password) >= 32
    assert str(file) in caplog.text
    assert password not in caplog.text


async def test_who_made_the_file_beforehand_does_not_read_the_password(
    users: Signup, settings: Settings, file: Path, tmp_path: Path
) -> None:
    file.write_text("something else")
    file.chmod(0o666)
    link = tmp_path / "link"
    link.hardlink_to(file)
    with file.open() as made_before:
        await ensure_admin(users, settings)
        assert made_before.read() == link.read_text() == "something else"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert await users.opens(file.read_text().strip())


async def test_a_symlink_in_its_place_is_not_followed(
    users: Signup, settings: Settings, file: Path, tmp_path: Path
) -> None:
    target = tmp_path / "target"
    target.write_text("precious")
    file.symlink_to(target)
    await ensure_admin(users, settings)
    assert target.read_text() == "precious"
    assert not file.is_symlink()
    assert await users.opens(file.read_text().strip())


async def test_a_file_made_at_the_last_moment_is_not_written(
    users: Signup, settings: Settings, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlink(path: Path, **_: bool) -> None:
        path.touch()

    monkeypatch.setattr(Path, "unlink", unlink)
    with pytest.raises(BadSettings, match="File exists"):
        await ensure_admin(users, settings)
    assert file.read_text() == ""
    assert (await users.page(limit=1))[0] == []


async def test_something_else_in_its_place_is_refused(
    users: Signup, settings: Settings, file: Path
) -> None:
    file.mkdir()
    with pytest.raises(BadSettings, match=r"^ECG_ADMIN_PASSWORD is not set, and .* cannot be"):
        await ensure_admin(users, settings)
    assert (await users.page(limit=1))[0] == []


async def test_passwords_differ(users: Signup, settings: Settings, file: Path) -> None:
    await ensure_admin(users, settings)
    first = file.read_text()
    async with MemoryStore.open() as store:
        await ensure_admin(Signup(store, users.hasher), settings)
    assert file.read_text() != first


async def test_in_memory_the_file_is_in_a_folder_of_its_own(
    users: Signup, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await ensure_admin(users, Settings(store=StoreSettings("memory://")))
    [found] = tmp_path.glob("ecg-*/admin-password")
    assert stat.S_IMODE(found.parent.stat().st_mode) == 0o700
    assert await users.opens(found.read_text().strip())


async def test_a_given_password_and_name_are_used_and_no_file_is_written(
    users: Signup, settings: Settings, file: Path
) -> None:
    given = with_admin(settings, admin_username="root", admin_password=PASSWORD)
    await ensure_admin(users, given)
    assert await users.opens(PASSWORD, "root")
    assert not file.exists()


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"admin_password": "short"}, "ECG_ADMIN_PASSWORD"),
        ({"admin_password": ""}, "ECG_ADMIN_PASSWORD"),
        ({"admin_username": "a:b", "admin_password": PASSWORD}, "ECG_ADMIN_USERNAME"),
    ],
    ids=["password", "empty password", "name"],
)
async def test_the_rules_of_users_hold_for_the_first_admin(
    users: Signup, settings: Settings, changes: dict[str, str], variable: str
) -> None:
    with pytest.raises(BadSettings, match=rf"^{variable}: ") as refused:
        await ensure_admin(users, with_admin(settings, **changes))
    assert (changes.get("admin_password") or "short") not in str(refused.value)
    assert (await users.page(limit=1))[0] == []


async def test_where_there_are_users_nothing_is_done(
    users: Signup, settings: Settings, file: Path
) -> None:
    await users.register("ann", PASSWORD)
    await ensure_admin(users, with_admin(settings, admin_password="another password"))
    assert [user.name for user in (await users.page(limit=9))[0]] == ["ann"]
    assert not file.exists()
