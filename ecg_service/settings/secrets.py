"""Settings that are secrets, or URLs that may hold a password: read from files, never shown."""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from typed_settings.types import OptionInfo

FILE_SUFFIX = "_file"
MAX_BYTES = 65_536
MASK = "***"

_PASSWORD = re.compile(r"(?<=:)(?!//).*(?=@)|(?<=password=)[^&]*")
"""The password in a URL, also in one that is mistyped."""


def is_secret(option: OptionInfo) -> bool:
    """Whether the setting has also a file, and its value is not shown."""
    return bool(option.metadata.get("secret"))


def masked(url: str) -> str:
    """Return a URL that may be mistyped, for a message, without its password."""
    return _PASSWORD.sub(MASK, url)


def shown(option: OptionInfo, value: object) -> object:
    """Return what may be shown of the value of a setting: of a URL all but its password."""
    if not is_secret(option) or value is None:
        return value
    return masked(str(value)) if option.name.endswith("_url") else MASK


def read_secret(path: str) -> str:
    """Return the secret in a file; raises `ValueError` saying what is wrong with it."""
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        secret = text_of(content)
    except OSError as error:
        raise ValueError(f"{path!r} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ValueError(f"{path!r} is not UTF-8 text") from error
    if not secret or len(content) > MAX_BYTES:
        raise ValueError(f"{path!r} must hold 1 to {MAX_BYTES} bytes")
    return secret


def text_of(content: bytes) -> str:
    """Return the secret that a file holds, or raise `UnicodeDecodeError`.

    Editors and shells add a byte order mark and the end of the line; PowerShell writes UTF-16.
    """
    marked = content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    return content.decode("utf-16" if marked else "utf-8-sig").rstrip("\r\n")
