"""The first admin: from the settings, or with a random password in a file only we may read."""

import logging
import os
import secrets
import tempfile
from pathlib import Path

import msgspec

from ecg_service.api.schemas import Password, Username
from ecg_service.bootstrap.stores import sqlite_path
from ecg_service.services.users import Users
from ecg_service.settings import BadSettings, Settings, variable

logger = logging.getLogger(__name__)


async def ensure_admin(users: Users, settings: Settings) -> None:
    """Register the admin if the store has no user at all."""
    if (await users.page(limit=1))[0]:
        return
    password = _given_password(settings) or _random_password(settings)
    await users.ensure_admin(_checked(settings.admin_username, password), password)


def _checked(username: str, password: str) -> str:
    """Hold the settings to the rules of the API."""
    for name, value, kind in (
        ("admin_username", username, Username),
        ("admin_password", password, Password),
    ):
        try:
            msgspec.convert(value, kind)
        except msgspec.ValidationError as error:
            raise BadSettings(f"{variable(name)}: {error}") from error
    return username


def _given_password(settings: Settings) -> str | None:
    if settings.admin_password is not None:
        return settings.admin_password
    if settings.admin_password_file is not None:
        try:
            return settings.admin_password_file.read_text().strip()
        except OSError as error:
            msg = f"ECG_ADMIN_PASSWORD_FILE: {error.strerror}"
            raise BadSettings(msg) from error
    return None


def _random_password(settings: Settings) -> str:
    path, password = _password_file(settings), secrets.token_urlsafe(24)
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(file, "w") as out:
        os.fchmod(file, 0o600)
        out.write(password + "\n")
    logger.warning("the password of %s is in %s", settings.admin_username, path)
    return password


def _password_file(settings: Settings) -> Path:
    if settings.database_url == "memory://":
        return Path(tempfile.mkdtemp(prefix="ecg-")) / "admin-password"
    database = sqlite_path(settings.database_url)
    return database.with_name(database.name + ".admin-password")
