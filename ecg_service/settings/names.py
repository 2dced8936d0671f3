"""The names that settings list with commas between them: of hosts, and of origins."""

import re

_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\]")
_ORIGIN = re.compile(
    r"https?://([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(:[1-9][0-9]{0,4})?"
)
_USUAL_PORT = re.compile(r"http:.*:80|https:.*:443")


def parse_hosts(text: str) -> frozenset[bytes]:
    """Return the names of hosts, which have no port, or raise `ValueError`."""
    found = _listed(text)
    for one in found:
        if not _HOST.fullmatch(one):
            raise ValueError(f"{one!r} is no name of a host, in small letters and without a port")
    return frozenset(one.encode() for one in found)


def parse_origins(text: str) -> frozenset[bytes]:
    """Return the origins, or raise `ValueError`.

    An origin is written as browsers send it, and stands for itself: there is no pattern, and no `*`.
    """
    found = _listed(text)
    for one in found:
        if not _ORIGIN.fullmatch(one) or _USUAL_PORT.fullmatch(one):
            raise ValueError(
                f"{one!r} is no origin as browsers send it, such as https://ward.example"
            )
    return frozenset(one.encode() for one in found)


def _listed(text: str) -> list[str]:
    return [one.strip() for one in text.split(",") if one.strip()]
