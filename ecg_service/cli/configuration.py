"""What the commands run with: settings from the environment, options over them, and a log."""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar, cast

import click
from typed_settings.exceptions import InvalidSettingsError

from ecg_service.bootstrap import sqlite_path
from ecg_service.cli.exits import Misconfigured
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.settings import Settings, load

F = TypeVar("F", bound=Callable[..., Any])

DEFAULTS = Settings()
MAX_PORT = 65535
PORT = click.IntRange(0, MAX_PORT)
MEMORY = "memory://"

_REASON = re.compile(
    r"for option '(?P<name>\w+)' from loader \w+: \w+\([\"'](?P<reason>.*)[\"']\)$"
)


def database_option(command: F) -> F:
    """Let a command choose its database."""
    option = click.option(
        "--database-url",
        metavar="URL",
        help=f"sqlite:///PATH; default: ECG_DATABASE_URL, or {DEFAULTS.database_url}.",
    )
    return option(command)


def configured(**options: str | int | None) -> Settings:
    """Read the settings; options that were given win. Wrong ones end the command with 78."""
    try:
        loaded = load()
    except InvalidSettingsError as error:
        found = cast("ExceptionGroup[Exception]", error).exceptions
        raise Misconfigured("\n".join(map(_named, found))) from error
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    settings = replace(loaded, **given)
    if not 0 <= settings.port <= MAX_PORT:
        raise Misconfigured(f"ECG_PORT: {settings.port} is not a port (0 to {MAX_PORT})")
    if settings.database_url != MEMORY:
        database(settings)
    return settings


def database(settings: Settings) -> Path:
    """Return the SQLite file; without one there is nothing to act on."""
    if settings.database_url == MEMORY:
        raise Misconfigured(f"ECG_DATABASE_URL: {MEMORY} cannot be reached from outside")
    try:
        return sqlite_path(settings.database_url)
    except StorageUnavailable as error:
        raise Misconfigured(str(error)) from error


def existing_database(settings: Settings) -> Path:
    """Return the SQLite file, which must be there: a typing error must not create one."""
    path = database(settings)
    if not path.exists():
        raise StorageUnavailable(f"there is no database {path}")
    return path


def log_to_stderr(level: int) -> None:
    """Write one line per event, in UTC."""
    formatter = logging.Formatter(
        "%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S"
    )
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler])
    for chatty in ("uvicorn", "httpx"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _named(error: Exception) -> str:
    found = _REASON.search(str(error))
    return f"ECG_{found['name'].upper()}: {found['reason']}" if found else str(error)
