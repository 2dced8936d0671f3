"""Runs a command of the service on a slow disk: `SYNC_SECONDS=0.2 python -m benchmarks.service.servers.slow_disk serve`."""

import os
import time

import apsw

from ecg_service.cli.main import main

SLOW = "SYNC_SECONDS"
"""The variable that says how much longer a sync takes."""


class SlowDisk(apsw.VFS):
    """SQLite's files, on which each sync takes so many seconds more; the default from now on."""

    def __init__(self, seconds: float) -> None:
        super().__init__("slow", "unix", makedefault=True)
        self.seconds = seconds

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self.seconds, name, flags)


class _File(apsw.VFSFile):
    def __init__(
        self, seconds: float, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        super().__init__("unix", name, flags)
        self._seconds = seconds

    def xSync(self, flags: int) -> None:  # noqa: N802
        time.sleep(self._seconds)
        super().xSync(flags)


if __name__ == "__main__":
    disk = SlowDisk(float(os.environ[SLOW]))
    main()
