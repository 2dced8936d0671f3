"""Every setting, from the environment: `ECG_` and the name in capitals."""

import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import cast

import typed_settings as ts
from typed_settings.exceptions import InvalidSettingsError

MEMORY = "memory://"
"""The database URL of a store that forgets."""

MAX_PORT = 65_535
MAY_BE_ZERO = {"port", "max_wait", "drain_seconds", "insight_delay_seconds"}


class BadSettings(Exception):
    """Settings that cannot be used; each line of the message names a variable."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the service runs. Sizes are bytes, times are seconds."""

    database_url: str = "sqlite:///ecg.db"
    host: str = "127.0.0.1"
    port: int = 8000

    admin_username: str = "admin"
    admin_password: ts.SecretStr | None = None
    admin_password_file: Path | None = None

    max_body_bytes: int = 10_000_000
    max_body_seconds: float = 30.0
    max_bytes_in_flight: int = 256_000_000
    max_wait: int = 30
    max_connections: int = 1000

    ingest_mailbox: int = 1024
    ingest_batch: int = 32
    insight_mailbox: int = 1024
    insight_batch: int = 32
    insight_attempts: int = 3
    insight_delay_seconds: float = 1.0
    drain_seconds: float = 10.0
    sweep_seconds: float = 5.0
    lease_seconds: float = 30.0

    reader_threads: int = 2
    reader_queue: int = 128
    password_threads: int = 2
    password_queue: int = 64
    credential_seconds: float = 300.0
    credential_recheck_seconds: float = 1.0
    max_credentials: int = 10_000


def load() -> Settings:
    """Read the environment; raises `BadSettings`."""
    try:
        return checked(ts.load(Settings, appname="ecg", config_files=[]))
    except InvalidSettingsError as error:
        wrong = cast("ExceptionGroup[Exception]", error).exceptions
        raise BadSettings("\n".join(map(_sentence, wrong))) from error


def checked(settings: Settings) -> Settings:
    """Return settings whose numbers make sense; raises `BadSettings`."""
    numbers = {
        field.name: value
        for field in fields(settings)
        if isinstance(value := getattr(settings, field.name), int | float)
    }
    wrong = [
        f"{variable(name)}: {value} is too small"
        for name, value in numbers.items()
        if not (value >= 0 if name in MAY_BE_ZERO else value > 0)
    ]
    if settings.port > MAX_PORT:
        wrong.append(f"{variable('port')}: {settings.port} is not a port (0 to {MAX_PORT})")
    if wrong:
        raise BadSettings("\n".join(wrong))
    return settings


def variable(name: str) -> str:
    """Return the variable of the environment that holds a setting."""
    return f"ECG_{name.upper()}"


_REASON = re.compile(r"for option '(?P<name>\w+)' from loader \w+: \w+\([\"'](?P<why>.*)[\"']\)$")


def _sentence(error: Exception) -> str:
    found = _REASON.search(str(error))
    return f"{variable(found['name'])}: {found['why']}" if found else str(error)
