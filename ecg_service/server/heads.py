"""Which heads of requests are refused although the parser takes them."""

import re
from collections.abc import Sequence

from ecg_service.server.refusals import (
    CODED,
    CODED_1_0,
    HOST,
    LARGE_FIELDS,
    LONG_URL,
    REPEATED,
    VERSION,
    Header,
    Refusal,
    Refused,
)

_HOST = re.compile(rb"[\w.~%!$&'()*+,;=:\[\]-]*", re.ASCII)
_SINGLE = (b"host", b"authorization", b"content-type", b"content-length", b"expect")
_VERSIONS = ("1.0", "1.1")
_SEPARATORS = 4
"""Bytes in a line beside the name and the value: colon, space, CR and LF."""


def check(version: str, fields: Sequence[Header]) -> dict[bytes, bytes]:
    """Return the fields by name, or raise `Refused` if a server must, or should, refuse the head.

    RFC 9112: the version 2.3, one valid Host 3.2, transfer codings 6.1.
    """
    if version not in _VERSIONS:
        raise Refused(VERSION)
    found = dict(fields)
    if len(found) < len(fields):
        _check_repeated([name for name, _ in fields])
    host = found.get(b"host", None if version == "1.1" else b"")
    if host is None or not _HOST.fullmatch(host):
        raise Refused(HOST)
    coding = found.get(b"transfer-encoding")
    if coding is not None:
        _check_coding(version, coding)
    return found


def _check_repeated(names: list[bytes]) -> None:
    if names.count(b"host") > 1:
        raise Refused(HOST)
    if any(names.count(name) > 1 for name in _SINGLE):
        raise Refused(REPEATED)


def _check_coding(version: str, coding: bytes) -> None:
    if version == "1.0":
        raise Refused(CODED_1_0)
    if coding.strip().lower() != b"chunked":
        raise Refused(CODED)


def size_of(url: bytes, fields: Sequence[Header]) -> int:
    """Return the bytes of a head, but for those of its method and version."""
    return len(url) + sum(len(name) + len(value) + _SEPARATORS for name, value in fields)


def too_large(url: bytes, max_bytes: int) -> Refusal:
    """Return the refusal of a head that is too large, by what takes the most of it."""
    return LONG_URL if 2 * len(url) > max_bytes else LARGE_FIELDS
