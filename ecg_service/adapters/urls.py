"""URLs of servers, for logs and messages, and hosts."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether only this machine hears what is sent there."""
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name, of which only one is certain
        return host == "localhost"


def shown(url: str) -> str:
    """Return the URL without its user, password and parameters."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
