"""Who may call."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import divided, secret


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """`[access]`: hashing passwords, and remembering verified credentials."""

    password_threads: int = divided(2)
    """Threads that verify and hash passwords (Argon2id), so how many at once."""
    password_queue: int = divided(64)
    """How many passwords may wait for those threads; more are 503."""
    credential_seconds: float = 300.0
    """How long verified credentials are remembered, so that Argon2id is not computed for each request."""
    credential_recheck_seconds: float = 1.0
    """How often remembered credentials are compared with the store: so long another process's change of a user may go unnoticed."""
    max_credentials: int = 10_000
    """How many credentials are remembered."""


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """`[admin]`: the first admin of an empty database."""

    admin_username: str = "admin"
    """The name of the first admin."""
    admin_password: str | None = secret(None)
    """The password of the first admin, 8 to 128 characters; without it a random one is written to a file beside the database."""
