"""Whose word is taken on a client's address, by which names the service goes, and whose pages may use it."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from types import MappingProxyType

from ecg_service.settings import parse_hosts, parse_origins


def require_networks(proxies: str) -> None:
    """Raise `ValueError` unless these are addresses and networks with commas between them."""
    for proxy in filter(None, proxies.split(",")):
        ip_network(proxy.strip())


RULES: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {
        "trusted_proxies": require_networks,
        "allowed_hosts": parse_hosts,
        "cors_origins": parse_origins,
    }
)
"""What is allowed, by the name of the setting; each raises `ValueError`."""
