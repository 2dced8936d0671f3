"""A blob that is read as a whole."""


class WholeBlob:
    """A `PackedBlob` in memory."""

    def __init__(self, blob: bytes) -> None:
        self._blob, self.size = blob, len(blob)

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`."""
        return self._blob[start:stop]
