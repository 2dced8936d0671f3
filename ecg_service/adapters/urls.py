"""URLs of servers, for logs and messages."""

from urllib.parse import urlsplit


def shown(url: str) -> str:
    """Return the URL without its user, password and parameters."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
