"""Refuses servers behind the service to which passwords and ECGs would be sent in the clear."""

import os
from collections.abc import Iterator, Mapping
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from ecg_service.adapters.urls import is_loopback, shown
from ecg_service.bootstrap.tasks import IN_PROCESS
from ecg_service.settings import BadSettings, Settings, variable

COLLECTOR = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
ADVICE = {
    "postgresql": "add ?sslmode=verify-full",
    "redis": "write rediss://",
    "rediss": "leave out ssl_cert_reqs",
    "amqp": "write amqps://",
    "http": "write https://",
}
"""For each scheme that may lack TLS, or not verify whom it speaks to, what does."""


def refuse_plain_backends(settings: Settings) -> None:
    """Raise `BadSettings` for the first server in use that `require_private` refuses."""
    for name, url in _backends(settings):
        require_private(name, url, settings)


def require_private(name: str, url: str, settings: Settings) -> None:
    """Raise `BadSettings` if others could read along on the way to a server, and `plain_backends` does not say that it is meant."""
    parts = urlsplit(url)
    if settings.server.plain_backends or parts.scheme not in ADVICE:
        return
    if not (_is_verified(parts) or _is_here(parts)):
        raise BadSettings(
            f"{name}: on the way to {shown(url)} others may read and change what is sent:"
            f" {ADVICE[parts.scheme]} or, where the network itself encrypts, say that this is"
            f" meant: {variable('plain_backends')}=true"
        )


def _backends(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield the URL of each server that is used, and the variable that names it."""
    yield variable("database_url"), settings.store.database_url
    for name, url in (
        ("cache_url", settings.cache.cache_url),
        ("quota_url", settings.quotas.quota_url),
        ("broker_url", settings.broker.broker_url),
    ):
        if url is not None and (name != "broker_url" or settings.broker.tasks != IN_PROCESS):
            yield variable(name), url
    if settings.trace.traces != "off":
        yield from ((name, os.environ[name]) for name in COLLECTOR if name in os.environ)


def _asked(parts: SplitResult) -> Mapping[str, str]:
    return dict(parse_qsl(parts.query))


def _is_verified(parts: SplitResult) -> bool:
    """Whether TLS tells that the server is the one that is meant; `prefer` and `require` do not."""
    if parts.scheme == "postgresql":
        mode = _asked(parts).get("sslmode", os.environ.get("PGSSLMODE"))
        return mode in {"verify-ca", "verify-full"}
    return parts.scheme == "rediss" and _asked(parts).get("ssl_cert_reqs", "required") == "required"


def _is_here(parts: SplitResult) -> bool:
    """Whether it is on this machine: at loopback, or at a socket of Unix."""
    named = parts.hostname
    if parts.scheme == "postgresql":
        asked = _asked(parts)
        if "service" in asked:  # a file says where
            return False
        named = named or asked.get("host") or os.environ.get("PGHOST")
    hosts = unquote(named or "localhost").split(",")
    return all(host.startswith("/") or is_loopback(host) for host in hosts)
