"""Settings that are refused though each value is allowed: dangerous combinations, and files that cannot be used."""

from pathlib import Path

from ecg_service.adapters.token_keys import read_keys
from ecg_service.adapters.urls import is_loopback
from ecg_service.bootstrap.admin import check_admin
from ecg_service.bootstrap.backends import refuse_plain_backends
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.server.certificates import Certificate
from ecg_service.settings import BadSettings, Settings, variable


def refuse_dangers(settings: Settings) -> None:
    """Raise `BadSettings` if others could read along, and no setting says that it is meant.

    So they are if nobody could sign in, or if workers that do not count together would grant more than the quota.
    """
    refuse_plain_backends(settings)
    server, quotas = settings.server, settings.quotas
    for name in ("quota_requests", "quota_bytes"):
        if 0 < getattr(quotas, name) < server.workers and quotas.quota_url is None:
            raise BadSettings(
                f"{variable(name)}: {server.workers} workers share it out, so it is at least as many;"
                f" or let them count together: {variable('quota_url')}"
            )
    whose = settings.access.sign_in_by_password
    if whose == "nobody" and settings.issuers.issuers_file is None:
        raise BadSettings(
            f"{variable('sign_in_by_password')}: nobody could sign in: set {variable('issuers_file')}"
        )
    if not (server.plain_http or server.tls_cert or is_loopback(server.host)):
        raise BadSettings(
            f"{variable('host')}: at {server.host} passwords and ECGs are sent in the clear, readable"
            f" for all on the way; set {variable('tls_cert')} or, in a container or behind a proxy that"
            f" does TLS, say that this is meant: {variable('plain_http')}=true, plain_http = true, --plain-http"
        )


def refuse_unusable(settings: Settings) -> None:
    """Raise `BadSettings` for whatever a service would not start with: before it takes its port and database."""
    refuse_dangers(settings)
    Certificate.configured(settings.server)
    check_admin(settings.admin)
    if (path := settings.access.token_keys) is not None and Path(path).exists():
        try:
            read_keys(Path(path))
        except StorageUnavailable as error:
            raise BadSettings(f"{variable('token_keys')}: {error}") from error
