"""Bytes that come in parts."""

import asyncio
import ctypes
import mmap
import sys
from io import SEEK_END, BytesIO

LARGE = 8 * 1024 * 1024
"""Bytes from which on a body has memory of its own; to join as many takes a millisecond or two."""
MAPPED = 32 * 1024 * 1024
"""Bytes from which on the C library always asks the system for memory, which is empty and not there until written."""

KEPT_SECONDS = 10.0
"""For how long the memory of the last large body is kept for the next one."""
_UNSHARED = 2
"""The references to the bytes of a room that nobody else has: its own, and the one that is counted."""


class Gathered:
    """Parts of a body, of at most `most` bytes; those of a large one are put in their place as they come.

    So it is never in memory twice, nobody waits while hundreds of megabytes are copied, and in
    pages of 2 MB it is written and given back in a part of the time.
    """

    def __init__(self, most: int = 0) -> None:
        self.size = 0
        self._most = most
        self._parts: list[bytes] = []
        self._joined: BytesIO | None = None

    def add(self, part: bytes) -> None:
        """Add the next part."""
        self.size += len(part)
        if self._joined is not None:
            self._joined.write(part)
            return
        self._parts.append(part)
        if self.size >= LARGE:
            self._joined = spare.take(self._most) or _room(max(self._most, MAPPED))
            self._joined.writelines(self._parts)
            self._parts.clear()

    def whole(self) -> bytes:
        """Return all bytes."""
        if self._joined is None:
            return b"".join(self._parts)
        room, self._joined = self._joined, None  # the next body may have it
        room.truncate()
        if self.size == self._most:
            spare.keep(room)
        return room.getvalue()


class Spare:
    """The memory of the last large body, for the next one if nobody has the bytes any more.

    Only of bodies whose length was known, for a next one that is no longer. Memory that was given back has to
    be taken and emptied again, and a virtual machine may have given it back to its host, too: each 2 MB of it
    then held up the event loop for 4 to 9 ms. Nobody may ask for the hash of a body, which bytes remember.
    """

    def __init__(self) -> None:
        self._room: BytesIO | None = None
        self._end: asyncio.TimerHandle | None = None

    def take(self, size: int) -> BytesIO | None:
        """Return the memory, at its beginning, if there is as much."""
        room = self._room
        if room is None or _is_shared(room):
            return None
        self._give_back()
        if room.seek(0, SEEK_END) < size:
            return None
        room.seek(0)
        return room

    def keep(self, room: BytesIO) -> None:
        """Keep this memory for a moment, and give back what was kept before."""
        self._give_back()
        self._room = room
        self._end = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._give_back)

    def _give_back(self) -> None:
        if self._end is not None:
            self._end.cancel()
        self._room = self._end = None


spare = Spare()


def _is_shared(room: BytesIO) -> bool:
    return sys.getrefcount(room.getvalue()) > _UNSHARED


def _room(size: int) -> BytesIO:
    """Return room that takes memory only as far as it is written."""
    room = BytesIO(bytes(size))
    _in_large_pages(room)
    return room


def _in_large_pages(room: BytesIO) -> None:
    """Ask for pages of 2 MB (Linux): in those of 4 kB the system hands out and takes back each by itself."""
    advice = getattr(mmap, "MADV_HUGEPAGE", None)
    if advice is None:
        return
    with room.getbuffer() as view:
        place = ctypes.c_char.from_buffer(view)
        first = -(-ctypes.addressof(place) // mmap.PAGESIZE) * mmap.PAGESIZE
        length = (len(view) - mmap.PAGESIZE) // mmap.PAGESIZE * mmap.PAGESIZE
        ctypes.CDLL(None).madvise(ctypes.c_void_p(first), ctypes.c_size_t(length), advice)
        del place  # or the room could not grow
