"""Every setting, from the environment: `ECG_` and the name in capitals."""

from dataclasses import dataclass
from pathlib import Path

import typed_settings as ts


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
    """Read the environment; raises `InvalidSettingsError` that names the variable."""
    return ts.load(Settings, appname="ecg", config_files=[])
