"""Whose word on a client's address is taken."""

from collections.abc import Callable, Mapping
from ipaddress import ip_network
from types import MappingProxyType


def require_networks(proxies: str) -> None:
    """Raise `ValueError` unless these are addresses and networks with commas between them."""
    for proxy in filter(None, proxies.split(",")):
        ip_network(proxy.strip())


RULES: Mapping[str, Callable[[str], None]] = MappingProxyType({"trusted_proxies": require_networks})
"""What is allowed, by the name of the setting; each raises `ValueError`."""
