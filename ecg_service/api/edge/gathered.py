"""Bytes that come in parts."""

from io import SEEK_END, BytesIO

LARGE = 32 * 1024 * 1024
"""Bytes from which on the system moves the pages of what grows, not the bytes."""


class Gathered:
    """Parts of a body; those of a large one are joined as they come.

    So it is never in memory twice, and nobody waits while hundreds of megabytes are copied.
    """

    def __init__(self) -> None:
        self.size = 0
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
            self._joined = BytesIO(b"".join(self._parts))
            self._joined.seek(0, SEEK_END)
            self._parts.clear()

    def whole(self) -> bytes:
        """Return all bytes."""
        return b"".join(self._parts) if self._joined is None else self._joined.getvalue()
