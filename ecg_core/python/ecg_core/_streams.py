"""Standard output and error, which may be closed or full."""

import errno
import os
import sys
from typing import TextIO


def printable(text: str, name: str) -> str:
    """Escape what a document could do to a terminal, and what the stream of this name cannot encode."""
    text = "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)
    encoding = getattr(stream(name), "encoding", "ascii")
    return text.encode(encoding, "backslashreplace").decode(encoding)


def stream(name: str) -> TextIO | None:
    """Return `stdout` or `stderr`, which is None if it was closed before the start."""
    return getattr(sys, name)


def complain(text: str) -> None:
    """Print a line to standard error, if it can be written."""
    if (stderr := stream("stderr")) is None:
        return  # `print` would take standard output.
    try:
        print(printable(text, "stderr"), file=stderr)
    except OSError:
        discard(stderr)


def flush() -> None:
    """Write what was printed; raises OSError if that cannot be."""
    if (stdout := stream("stdout")) is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    stdout.flush()


def discard(closed: TextIO | None) -> None:
    """Keep the interpreter from failing again when it flushes what is left."""
    if closed:
        os.dup2(os.open(os.devnull, os.O_WRONLY), closed.fileno())
