"""How a check of a database shows the keys of rows, which may be damaged."""

from urllib.parse import quote


def shown(name: bytes) -> str:
    """Return a name; one that is damaged and no text any more is percent-encoded."""
    try:
        return name.decode()
    except UnicodeDecodeError:
        return quote(name)


def shown_of_owner(owner: bytes, name: bytes) -> str:
    """Return a name that an owner has given."""
    return f"{shown(name)} of {shown(owner)}"


def shown_version(name: bytes, version: int) -> str:
    """Return an insight's name and version."""
    return f"{shown(name)} {version}"
