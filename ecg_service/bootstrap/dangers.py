"""Combinations of settings that are dangerous, and refused unless another setting says that they are meant."""

from ipaddress import ip_address

from ecg_service.settings import BadSettings, Settings, variable


def refuse_dangers(settings: Settings) -> None:
    """Raise `BadSettings` if others could read along, and `plain_http` does not say that it is meant.

    So they are if workers that do not count together would grant more than the quota.
    """
    server, quotas = settings.server, settings.quotas
    for name in ("quota_requests", "quota_bytes"):
        if 0 < getattr(quotas, name) < server.workers and quotas.quota_url is None:
            raise BadSettings(
                f"{variable(name)}: {server.workers} workers share it out, so it is at least as many;"
                f" or let them count together: {variable('quota_url')}"
            )
    if not (server.plain_http or server.tls_cert or _is_loopback(server.host)):
        raise BadSettings(
            f"{variable('host')}: at {server.host} passwords and ECGs are sent in the clear, readable"
            f" for all on the way; set {variable('tls_cert')} or, in a container or behind a proxy that"
            f" does TLS, say that this is meant: {variable('plain_http')}=true, plain_http = true, --plain-http"
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, of which only one is certain
        return host == "localhost"
