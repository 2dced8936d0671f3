"""A process whose writes are recorded, or fail, on their way to the disk; see disk.c."""

import os
import struct
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from tests.processes import COMMAND

Call = Literal["write", "sync", "truncate"]
HEAD = struct.Struct("=c15sqq")
SOURCE = Path(__file__).with_name("disk.c")
FOREVER = 10**9


def command(env: Mapping[str, str]) -> list[str]:
    """Return the command of a service that has this in its environment too."""
    return ["env", *(f"{name}={value}" for name, value in env.items()), *COMMAND]


class Fault(NamedTuple):
    """What happens to the calls of a kind from the first one to the last, counted from 1."""

    call: Call
    first: int
    action: str | int
    last: int = 0

    def __str__(self) -> str:
        return f"{self.call}@{self.first}-{max(self.first, self.last)}={self.action}"


class Happening(NamedTuple):
    """What a process did: "w" write, "t" truncate, "b" begin a sync that ends with "s" or, failed,
    with "f", and "a" answer; `place` is the offset, the length, or the port of who is answered.
    """

    at: int
    kind: str
    file: str
    place: int
    data: bytes


@dataclass(frozen=True)
class Disk:
    """What stands before the disk, built into a folder by the linker that Rust needs too."""

    library: Path

    @classmethod
    def built(cls, folder: Path) -> "Disk":
        library = folder / "disk.so"
        options = ("-O1", "-shared", "-fPIC", "-o", str(library), str(SOURCE), "-ldl")
        subprocess.run((os.environ.get("CC", "cc"), *options), check=True)
        return cls(library)

    def env(self, files: Path, *faults: Fault, record: Path | None = None) -> dict[str, str]:
        """Return the environment of a process for whose files this stands there."""
        recorded = {"DISK_RECORD": str(record)} if record else {}
        return {
            "LD_PRELOAD": str(self.library),
            "DISK_FILES": str(files),
            "DISK_FAULTS": ",".join(map(str, faults)),
            **recorded,
        }


def happenings(record: Path) -> Iterator[Happening]:
    """Read a record in order."""
    data, at = memoryview(record.read_bytes()), 0
    while at + HEAD.size <= len(data):
        kind, file, place, size = HEAD.unpack_from(data, at)
        start = at + HEAD.size
        yield Happening(
            at, kind.decode(), file.rstrip(b"\0").decode(), place, bytes(data[start : start + size])
        )
        at = start + size
