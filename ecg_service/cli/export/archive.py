"""A folder of files with their checksums, which has its name once it is whole."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterable, Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

import httpx
import msgspec

from ecg_service.cli.exits import Refused
from ecg_service.cli.send.retries import backoff

ATTEMPTS = 4
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


class File(msgspec.Struct, frozen=True):
    """A file of the archive."""

    path: str
    bytes: int
    sha256: str


class Archive:
    """Writes files below a folder; the manifest and a file for `sha256sum --check` come last."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: list[File] = []

    @classmethod
    @contextmanager
    def made(cls, folder: Path) -> Generator[Self]:
        """Yield an archive that is at `folder` after the block; nothing is left if that fails."""
        if folder.exists():
            raise Refused(f"{folder} exists already")
        part = folder.with_name(f"{folder.name}.part")
        part.mkdir(parents=True, mode=0o700)
        try:
            yield cls(part)
            part.rename(folder)
        finally:
            with suppress(FileNotFoundError):
                shutil.rmtree(part)

    @contextmanager
    def together(self) -> Generator[None]:
        """Keep what is added in the block, or nothing of it if that fails."""
        before = len(self.files)
        try:
            yield
        except BaseException:
            for file in self.files[before:]:
                (self._folder / file.path).unlink()
            del self.files[before:]
            raise

    async def add(self, path: str, read: Callable[[], AsyncIterable[bytes]]) -> None:
        """Write what is read to a file; read again if the connection breaks."""
        for attempt in range(ATTEMPTS):
            with suppress(httpx.TransportError):
                await self._write_file(path, read())
                return
            await asyncio.sleep(backoff(attempt))
        await self._write_file(path, read())

    async def _write_file(self, path: str, chunks: AsyncIterable[bytes]) -> None:
        digest, size = hashlib.sha256(), 0
        place = self._folder / path
        place.parent.mkdir(exist_ok=True)
        with place.open("wb") as file:
            async for chunk in chunks:
                file.write(chunk)
                digest.update(chunk)
                size += len(chunk)
            file.flush()
            os.fsync(file.fileno())
        self.files.append(File(path, size, digest.hexdigest()))

    def finish(self, **facts: object) -> None:
        """Write the manifest: these facts, and every file."""
        self.files.sort(key=lambda file: file.path)
        manifest = msgspec.json.encode({**facts, "files": self.files})
        self._write(MANIFEST, msgspec.json.format(manifest, indent=2) + b"\n")
        sums = (f"{file.sha256}  {file.path}\n" for file in self.files)
        self._write(SUMS, "".join(sums).encode())

    def _write(self, name: str, content: bytes) -> None:
        with (self._folder / name).open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
