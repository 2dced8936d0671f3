"""The ECGs to send: files, and standard input."""

import shutil
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import click

CHUNK = 1 << 18

STDIN = "-"


@dataclass(frozen=True, slots=True)
class Body:
    """The bytes of one ECG, read again for each attempt, in chunks."""

    file: BinaryIO
    size: int

    def read(self, limit: int) -> bytes:
        """Read from the start, at most `limit` bytes."""
        self.file.seek(0)
        return self.file.read(limit)

    async def chunks(self) -> AsyncGenerator[bytes]:
        """Read from the start."""
        self.file.seek(0)
        while chunk := self.file.read(CHUNK):
            yield chunk


@dataclass(frozen=True, slots=True)
class Source:
    """A file by its name, or standard input, spooled to a temporary file."""

    name: str
    spooled: BinaryIO | None = None

    @contextmanager
    def opened(self) -> Generator[Body]:
        """Open for sending; raises `OSError`."""
        if self.spooled is not None:
            yield Body(self.spooled, self.spooled.seek(0, 2))
            return
        path = Path(self.name)
        if path.exists() and not path.is_file() and not path.is_dir():
            raise OSError("not a regular file: send it by standard input, -")
        with path.open("rb") as file:
            yield Body(file, path.stat().st_size)


@contextmanager
def sources(names: Sequence[str]) -> Generator[list[Source]]:
    """Yield what is to be sent; standard input is first spooled to a temporary file."""
    if names.count(STDIN) > 1:
        raise click.UsageError("Standard input (-) can be sent once only.")
    with tempfile.TemporaryFile() as spooled:
        if STDIN in names:
            shutil.copyfileobj(sys.stdin.buffer, spooled)
        yield [Source(name, spooled if name == STDIN else None) for name in names]
