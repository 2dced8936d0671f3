"""Snapshots of several processes, in memory that they share since they were forked."""

import fcntl
import logging
import mmap
import os
import struct
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from ecg_service.bootstrap.metrics.kinds import Snapshot

logger = logging.getLogger(__name__)

SIZE = 262_144
"""Bytes of a slot: about ten times what all kinds of requests take."""
_HEAD = struct.Struct("<II")
_decoder = msgspec.msgpack.Decoder(Snapshot)


class Slot(NamedTuple):
    """What a process has left, and whether it lives."""

    snapshot: Snapshot
    lives: bool


class Slots:
    """So many slots, each for one process at a time.

    The process that has a slot holds a lock of the file, which the system lets go when it ends, however that is.
    """

    def __init__(self, number: int = 1) -> None:
        self._file, path = tempfile.mkstemp()
        Path(path).unlink()
        os.truncate(self._file, number * SIZE)
        self._memory = mmap.mmap(self._file, number * SIZE)
        self._number = number
        self._mine: int | None = None

    def claim(self) -> Snapshot:
        """Take a slot that nobody has; return what the process that had it before has left there."""
        self._mine = None  # it may have been that of who forked this process
        for index in range(self._number):
            if self._lock(index):
                self._mine = index
                return self._read(index)
        logger.error("no slot is free: the counts of this process are in no metric")
        return {}

    def publish(self, snapshot: Snapshot) -> None:
        """Put a snapshot into the slot of this process."""
        content = msgspec.msgpack.encode(snapshot)
        if self._mine is None or len(content) > SIZE - _HEAD.size:
            return
        start = self._mine * SIZE
        head = _HEAD.pack(len(content), zlib.crc32(content))
        self._memory[start : start + _HEAD.size + len(content)] = head + content

    def all(self) -> Iterator[Slot]:
        """Yield all slots that were ever used."""
        for index in range(self._number):
            if snapshot := self._read(index):
                yield Slot(snapshot, self._lives(index))

    def _read(self, index: int) -> Snapshot:
        """Return what is in a slot; one that is being written is read again."""
        start = index * SIZE
        for _ in range(100):
            size, checksum = _HEAD.unpack_from(self._memory, start)
            if not size:
                return {}
            content = self._memory[start + _HEAD.size : start + _HEAD.size + min(size, SIZE)]
            if zlib.crc32(content) == checksum:
                return _decoder.decode(content)
        return {}

    def _lives(self, index: int) -> bool:
        if index == self._mine:
            return True
        if self._lock(index):
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, index)
            return False
        return True

    def _lock(self, index: int) -> bool:
        try:
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, index)
        except OSError:
            return False
        return True
