"""The first admin: from the settings, or with a random password, to be replaced, in a file for its owner only."""

import logging
import os
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from ecg_service.bootstrap.stores import configured_database
from ecg_service.domain.errors import Invalid
from ecg_service.domain.passwords import check_password
from ecg_service.domain.users import check_username
from ecg_service.services.users import Users
from ecg_service.settings import AdminSettings, BadSettings, Settings, variable

logger = logging.getLogger(__name__)


def _allowed(check: Callable[[str], None]) -> Callable[[str], None]:
    def rule(value: str) -> None:
        try:
            check(value)
        except Invalid as error:
            raise ValueError(str(error)) from error

    return rule


RULES: Mapping[str, Callable[[str], None]] = MappingProxyType(
    {"admin_username": _allowed(check_username), "admin_password": _allowed(check_password)}
)
"""What is allowed, by the name of the setting; each raises `ValueError`."""


def check_admin(admin: AdminSettings) -> None:
    """Raise `BadSettings` for a password that the first admin may not have, whatever the rules of each allow."""
    if admin.admin_password is None:
        return
    try:
        check_password(admin.admin_password, name=admin.admin_username)
    except Invalid as error:
        raise BadSettings(f"{variable('admin_password')}: {error}") from error


async def ensure_admin(users: Users, settings: Settings) -> None:
    """Register the admin if the store has no user; raises `BadSettings`."""
    if (await users.page(limit=1))[0]:
        return
    name = _checked("admin_username", settings.admin.admin_username)
    given = settings.admin.admin_password
    password = _random_password(settings) if given is None else _checked("admin_password", given)
    check_admin(settings.admin)
    await users.ensure_admin(name, password, is_initial=given is None)


def _checked(name: str, value: str) -> str:
    """Return the setting, or raise `BadSettings` with its name if it breaks a rule."""
    try:
        RULES[name](value)
    except ValueError as error:
        raise BadSettings(f"{variable(name)}: {error}") from error
    return value


def _random_password(settings: Settings) -> str:
    path = configured_database(settings).admin_password_file()
    password = secrets.token_urlsafe(24)
    try:
        _write_secret(path, password)
    except OSError as error:
        msg = f"{variable('admin_password')} is not set, and {path.name} cannot be written: {error}"
        raise BadSettings(msg) from error
    logger.warning("the password of %s is in %s", settings.admin.admin_username, path)
    return password


def _write_secret(path: Path, secret: str) -> None:
    """Write a file that nobody else has made: whoever made one before could read it."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret + "\n")
