"""What an entry of the cache holds: an ECG as the tables do, each row with its checksum.

An entry begins with the version of this format and a CRC-32 of its key and of all that follows, then
has a stamp, which says of which time it is. It is against damage, not malice.
"""

import zlib
from hashlib import blake2b
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ecg_service.adapters.rows import ecgs, insights
from ecg_service.domain.errors import Damaged, NotFound
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.ecgs import Names

VERSION = b"E1"
STAMP_SIZE = 16
CHECKED = len(VERSION) + 4


class Key(NamedTuple):
    """The key of an ECG with its samples, or without."""

    owner: str
    ecg_id: UUID
    whole: bool

    def encoded(self) -> bytes:
        """Return the name of the entry in Redis."""
        kind = "whole" if self.whole else "head"
        return f"ecg:{kind}:{self.ecg_id}:{self.owner}".encode(errors="surrogatepass")


class Unusable(Exception):
    """The entry is damaged, another one's, of another format, or outdated."""


class TooLarge(Exception):
    """The entry says that the samples are too large for one."""


class _Entry(msgspec.Struct, array_like=True, frozen=True):
    ecg: tuple[Any, ...]
    blob_checksum: int
    insights: list[tuple[Any, ...]]
    blob: bytes | None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Entry).decode


def stamp(generation: bytes, run: bytes) -> bytes:
    """Return the stamp of what is read of this generation of a store, and kept by this run of a server."""
    return blake2b(run, key=generation, digest_size=STAMP_SIZE).digest()


def encode(key: Key, stamped: bytes, stored: StoredEcg, *, max_bytes: int, size: int) -> bytes:
    """Return the entry of an ECG, or nothing if it must not have one; `size` is that of its blob.

    An ECG has an entry when no insight of it may change any more, unless one is damaged.
    """
    if not all(record.is_final and not insights.is_damaged(record) for record in stored.insights):
        return b""
    records = [insights.to_row(record) for record in stored.insights]
    *row, blob, checksum = ecgs.to_row(stored, stored.blob)
    kept = None if key.whole and size > len(stored.blob) else blob
    entry = _sealed(key, stamped + _encode([row, checksum, records, kept]))
    if len(entry) > max_bytes and kept:
        entry = _sealed(key, stamped + _encode([row, checksum, records, None]))
    return entry if len(entry) <= max_bytes else b""


def decode(data: bytes, key: Key, stamped: bytes, names: Names) -> StoredEcg:
    """Return the ECG of an entry with the insights of these names; raises `Unusable` or `TooLarge`."""
    content = memoryview(data)[CHECKED:]
    if data[:CHECKED] != _head(key, content) or bytes(content[:STAMP_SIZE]) != stamped:
        raise Unusable
    try:
        entry = _decode(content[STAMP_SIZE:])
        ecg = ecgs.to_ecg(entry.ecg, key.owner)
        records = [insights.to_record(row) for row in entry.insights if _is_named(row, names)]
        if entry.blob is not None:
            ecgs.to_blob((entry.blob, entry.blob_checksum), key.ecg_id)
    except (Damaged, NotFound, msgspec.MsgspecError, ValueError, TypeError, OverflowError) as error:
        raise Unusable from error
    if ecg.id != key.ecg_id or any(record.ecg_id != ecg.id for record in records):
        raise Unusable
    if entry.blob is None:
        raise TooLarge
    return StoredEcg(ecg, tuple(records), entry.blob)


def named(stored: StoredEcg, names: Names) -> StoredEcg:
    """Return an ECG that was read with all insights with those of these names only."""
    if names is None:
        return stored
    kept = [one for one in stored.insights if one.name in names and not insights.is_damaged(one)]
    return msgspec.structs.replace(stored, insights=tuple(kept))


def _is_named(row: tuple[Any, ...], names: Names) -> bool:
    return names is None or row[insights.NAME] in names


def _sealed(key: Key, content: bytes) -> bytes:
    return _head(key, content) + content


def _head(key: Key, content: bytes | memoryview) -> bytes:
    checksum = zlib.crc32(content, zlib.crc32(key.encoded()))
    return VERSION + checksum.to_bytes(4, "little")
