"""What the commands run with: settings from the environment, options over them, and a log."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import click

from ecg_service.bootstrap import sqlite_path
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.settings import MAX_PORT, MEMORY, BadSettings, Settings, checked, load, variable

F = TypeVar("F", bound=Callable[..., Any])

DEFAULTS = Settings()
PORT = click.IntRange(0, MAX_PORT)


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
    given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
    settings = checked(replace(load(), **given))
    if settings.database_url != MEMORY:
        sqlite_path(settings.database_url)
    return settings


def database(settings: Settings) -> Path:
    """Return the SQLite file; without one there is nothing to act on."""
    if settings.database_url == MEMORY:
        raise BadSettings(f"{variable('database_url')}: {MEMORY} cannot be reached from outside")
    return sqlite_path(settings.database_url)


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
