"""Small disks, which fill up."""

import os
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

MAY_MOUNT = os.geteuid() == 0


@contextmanager
def disk_of(size: str) -> Generator[Path]:
    """Mount a disk of this size, which only root may."""
    with TemporaryDirectory(prefix="ecg-disk-") as folder:
        subprocess.run(("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder), check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(("umount", folder), check=True)


@contextmanager
def filled(disk: Path) -> Generator[None]:
    """Leave no room on a disk until the block ends."""
    filler = disk / "filler"
    statistics = os.statvfs(disk)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, statistics.f_bavail * statistics.f_frsize)
    try:
        yield
    finally:
        filler.unlink()
