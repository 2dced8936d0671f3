"""The client that sends: through which proxy, and whose certificates it trusts.

httpx reads the same variables of the environment, but also those that do not matter to the URL,
and its errors name none of them.
"""

import os
import ssl
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.request import proxy_bypass

import httpx

from ecg_service.adapters.http_client import HttpClient
from ecg_service.settings import BadSettings

SCHEMES = ("http", "https")
TIMEOUT = httpx.Timeout(60, connect=5)


@dataclass(frozen=True, slots=True)
class Route:
    """The way to a service, directly or through the proxy that a variable names."""

    url: httpx.URL
    proxy: httpx.URL | None = None
    variable: str = ""

    def __str__(self) -> str:
        """Tell the way, without credentials."""
        if self.proxy is None:
            return _shown(self.url)
        return f"{_shown(self.url)} through the proxy {_shown(self.proxy)} ({self.variable})"

    def client(self, auth: httpx.BasicAuth | None, *, jobs: int) -> HttpClient:
        """Return a client with as many connections as jobs; raises `BadSettings`."""
        trust = trusted() if self._uses_tls() else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return HttpClient(
            base_url=self.url,
            auth=auth,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_connections=jobs),
            proxy=self._proxy(trust),
            verify=trust,
            trust_env=False,
        )

    def _uses_tls(self) -> bool:
        return "https" in (self.url.scheme, self.proxy and self.proxy.scheme)

    def _proxy(self, trust: ssl.SSLContext) -> httpx.Proxy | None:
        if self.proxy is None:
            return None
        return httpx.Proxy(self.proxy, ssl_context=trust if self.proxy.scheme == "https" else None)


def route_to(url: httpx.URL) -> Route:
    """Return the way to a service; raises `BadSettings` for a proxy that cannot be used."""
    if not is_loopback(url.host) and not _bypasses(url.host):
        for name in (f"{url.scheme}_proxy", "all_proxy"):
            for variable in (name, name.upper()):
                if value := os.environ.get(variable):
                    return Route(url, _proxy(variable, value), variable)
    return Route(url)


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, which no proxy leads to."""
    try:
        address = ip_address(host)
    except ValueError:
        return f".{host}".lower().endswith(".localhost")
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or address
    return address.is_loopback or address.is_unspecified


def _bypasses(host: str) -> bool:
    """Whether NO_PROXY names the host; people write IPv6 addresses with and without brackets."""
    return bool(proxy_bypass(host) or (":" in host and proxy_bypass(f"[{host}]")))


def _proxy(variable: str, value: str) -> httpx.URL:
    with suppress(httpx.InvalidURL):
        url = httpx.URL(value if "://" in value else f"http://{value}")
        if url.scheme in SCHEMES and url.host:
            return url
    # The value is not quoted, for it may hold a password.
    raise BadSettings(f"{variable}: a proxy is http://HOST:PORT or https://HOST:PORT")


def _shown(url: httpx.URL) -> str:
    return str(url.copy_with(userinfo=b"")).rstrip("/")


def trusted() -> ssl.SSLContext:
    """Return what TLS trusts; raises `BadSettings` with the variable that is at fault."""
    with _blaming("SSLKEYLOGFILE"):
        default = httpx.create_ssl_context(trust_env=False)
    if file := os.environ.get("SSL_CERT_FILE"):
        with _blaming("SSL_CERT_FILE"):
            return ssl.create_default_context(cafile=file)
    if folder := os.environ.get("SSL_CERT_DIR"):
        with _blaming("SSL_CERT_DIR"):
            os.scandir(folder).close()  # OpenSSL takes a folder that is not there for an empty one
            return ssl.create_default_context(capath=folder)
    return default


@contextmanager
def _blaming(variable: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise BadSettings(f"{variable}: {error.strerror or error}") from error
