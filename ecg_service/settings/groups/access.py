"""Who may call."""

from dataclasses import dataclass, field
from pathlib import Path

from typed_settings import SecretStr

from ecg_service.settings.groups.bounds import DIVIDED


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """`[access]`: hashing passwords, and remembering verified credentials."""

    password_threads: int = field(default=2, metadata=DIVIDED)
    password_queue: int = field(default=64, metadata=DIVIDED)
    credential_seconds: float = 300.0
    credential_recheck_seconds: float = 1.0
    max_credentials: int = 10_000


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """`[admin]`: the first admin of an empty database."""

    admin_username: str = "admin"
    admin_password: SecretStr | None = None
    admin_password_file: Path | None = None
