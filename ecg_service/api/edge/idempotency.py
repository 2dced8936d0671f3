"""The header field `Idempotency-Key`."""

import re
from collections.abc import Iterable

from ecg_service.domain.errors import InvalidHeader, Violation

HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 128

_FIELD = HEADER.lower().encode()
# A comma in a bare key would be two fields that a proxy has joined.
_BARE = re.compile(rb"[!#-+\--\[\]-~]+")
_QUOTED = re.compile(rb'"((?:[ !#-\[\]-~]|\\["\\])+)"')
_ESCAPED = re.compile(rb"\\(.)")


def key_of(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """Return the key of a request, if it has one, or raise `InvalidHeader`.

    It is a string of RFC 9651 §3.3.3, `"8e03978e"`, or the same without quotes.
    """
    values = [value for name, value in headers if name == _FIELD]
    if not values:
        return None
    if len(values) > 1:
        raise _invalid("repeated", "The field stands more than once.")
    key = _read(values[0].strip(b" \t"))
    if key is None:
        detail = "Expected printable ASCII characters in double quotes, or without spaces."
        raise _invalid("not_a_key", detail)
    if len(key) > MAX_KEY_LENGTH:
        raise _invalid("length", f"Expected at most {MAX_KEY_LENGTH} characters.")
    return key


def no_key(headers: Iterable[tuple[bytes, bytes]], detail: str) -> None:
    """Refuse a key on a route that does not take one."""
    if any(name == _FIELD for name, _ in headers):
        raise _invalid("not_allowed", detail)


def _read(value: bytes) -> str | None:
    if _BARE.fullmatch(value):
        return value.decode()
    quoted = _QUOTED.fullmatch(value)
    return _ESCAPED.sub(rb"\1", quoted[1]).decode() if quoted else None


def _invalid(code: str, detail: str) -> InvalidHeader:
    return InvalidHeader(Violation((HEADER,), code, detail))
