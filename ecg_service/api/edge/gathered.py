"""Bytes that come in parts."""

import ctypes
import mmap
from io import BytesIO

LARGE = 8 * 1024 * 1024
"""Bytes from which on a body has memory of its own; to join as many takes a millisecond or two."""
MAPPED = 32 * 1024 * 1024
"""Bytes from which on the C library always asks the system for memory, which is empty and not there until written."""


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
            self._joined = _room(max(self._most, MAPPED))
            self._joined.writelines(self._parts)
            self._parts.clear()

    def whole(self) -> bytes:
        """Return all bytes."""
        if self._joined is None:
            return b"".join(self._parts)
        self._joined.truncate()
        return self._joined.getvalue()


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
