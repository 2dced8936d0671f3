"""Who may call."""

from dataclasses import dataclass

from ecg_service.settings.groups.fields import bounded, choice, divided, secret


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """`[access]`: hashing passwords, and remembering verified credentials."""

    sign_in_by_password: str = choice("everybody", "admins", "nobody")
    """Whose passwords sign in, by HTTP Basic or `POST /token`; others come from an [identity provider](oidc.md#with-a-second-factor), or with API keys."""
    password_threads: int = divided(2)
    """Threads that verify and hash passwords (Argon2id), so how many at once."""
    password_queue: int = divided(64)
    """How many passwords may wait for those threads, and as many for the process that verifies those of who is [suspect](guessing.md); more are 503."""
    suspect_seconds: float = 10.0
    """How long the password of who is suspect may wait and be verified; then it is 503, and a process that stands still is started anew."""
    credential_seconds: float = 300.0
    """How long verified credentials are remembered, so that Argon2id is not computed for each request."""
    credential_recheck_seconds: float = 1.0
    """How often remembered credentials are compared with the store: so long another process's change of a user may go unnoticed."""
    max_credentials: int = 10_000
    """How many credentials are remembered."""
    max_token_bytes: int = 16_384
    """The bytes of a bearer token; longer ones are 401."""
    token_keys: str | None = None
    """The file of the keys that sign access tokens; by default one beside the database, made when it is first needed."""
    signing_key_days: int = bounded(0, least=0, most=3_650)
    """How old the key that signs becomes until a new one does; the one before goes on verifying. 0 is never: by `ecg signing-keys rotate` only."""
    access_token_seconds: float = bounded(300.0, least=1, most=86_400)
    """How long an access token is good for, at most a day."""
    session_seconds: float = 2_592_000.0
    """How long a session may be refreshed after it began."""
    session_idle_seconds: float = 604_800.0
    """After so long without a refresh a session has ended."""
    max_sessions: int = 50
    """Sessions of a user; one more ends the oldest."""
    max_api_keys: int = 100
    """API keys of a user; one more is refused with 409. Those that have expired make room."""
    last_use_seconds: float = 60.0
    """How often it is noted when API keys were used last."""


@dataclass(frozen=True, slots=True)
class QuotaSettings:
    """`[quotas]`: what [one user may send](quotas.md) within some time; by default as much as they like."""

    quota_requests: int = bounded(0, least=0)
    """Requests of one user within `quota_seconds`; more are 429. 0 is any number."""
    quota_bytes: int = bounded(0, least=0)
    """Bytes of their bodies: after the body that reaches it the next request is 429. 0 is any number."""
    quota_seconds: int = 60
    """The time from a user's first request until they begin anew."""
    max_quota_users: int = 10_000
    """Of how many users that is counted; those who began longest ago begin anew."""
    quota_url: str | None = secret(None)
    """A [Redis in which all services and workers count together](quotas.md#several-processes), as `cache_url` names one; the limits of its calls are those of `[cache]`."""


@dataclass(frozen=True, slots=True)
class IssuerSettings:
    """`[issuers]`: [identity providers](oidc.md) whose access tokens are taken, and how they are asked for their keys."""

    issuers_file: str | None = None
    """A TOML file with a table for each provider; without one no provider is trusted."""
    issuer_seconds: float = 3.0
    """The time for one document of a provider, from the connection to its last byte."""
    max_issuer_bytes: int = 65_536
    """The bytes of one document."""
    issuer_retry_seconds: float = 5.0
    """After a failure: how long the provider is not asked again."""
    issuer_rotation_seconds: float = 30.0
    """How often at most the keys are fetched because a token names one that is unknown."""
    issuer_refresh_seconds: float = 300.0
    """How old keys are when they are fetched anew, while the known ones go on: so long a retired one is taken."""
    issuer_keep_seconds: float = 86_400.0
    """How long known keys are good for while the provider cannot be reached."""


@dataclass(frozen=True, slots=True)
class AdminSettings:
    """`[admin]`: the first admin of an empty database."""

    admin_username: str = "admin"
    """The name of the first admin."""
    admin_password: str | None = secret(None)
    """The password of the first admin, 8 to 128 characters and no common one; without it a random one is written to a file beside the database."""
