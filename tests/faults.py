"""Faults of the disk and of its locks, injected below SQLite in this process."""

import ctypes
import errno
import fcntl
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Literal

import apsw

Operation = Literal["sync", "truncate", "write"]
Fault = Callable[[Operation, str, int], int | None]
"""Returns the code with which an operation on a file up to a size fails, if it does."""


class FaultyDisk(apsw.VFS):
    """SQLite's files, whose operations may fail; while it is there, it is the default."""

    def __init__(self) -> None:
        super().__init__("faulty", "unix", makedefault=True)
        self.fault: Fault | None = None

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _File(self, name, flags)

    def xSleep(self, microseconds: int) -> int:  # noqa: N802
        """Waste no time: what waits for a lock that never comes finds out at once."""
        return microseconds

    def perform(self, operation: Operation, name: str, end: int = 0) -> None:
        if self.fault and (code := self.fault(operation, name, end)):
            raise apsw.exception_for(code)

    @contextmanager
    def failing(self, fault: Fault) -> Generator[None]:
        """Let operations fail for the duration of the block."""
        self.fault = fault
        try:
            yield
        finally:
            self.fault = None


class _File(apsw.VFSFile):
    def __init__(
        self, disk: FaultyDisk, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        super().__init__("unix", name, flags)
        self._disk = disk
        self._name = name.filename() if isinstance(name, apsw.URIFilename) else name or ""

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._disk.perform("sync", self._name)
        super().xSync(flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        self._disk.perform("write", self._name, offset + len(data))
        super().xWrite(data, offset)  # pyright: ignore[reportUnknownMemberType]

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        self._disk.perform("truncate", self._name, newsize)
        super().xTruncate(newsize)


class _Lock(ctypes.Structure):
    """The start of `struct flock` on Linux."""

    _fields_ = (("kind", ctypes.c_short), ("whence", ctypes.c_short), ("start", ctypes.c_int64))


_FCNTL = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_void_p, use_errno=True)


@contextmanager
def failing_locks(*kinds: int) -> Generator[None]:
    """Let `fcntl` fail with EIO for locks of these kinds, such as `F_UNLCK`."""
    disk = apsw.VFS("locks", "unix")
    original = disk.xGetSystemCall("fcntl")
    assert original
    real = _FCNTL(original)

    def call(descriptor: int, command: int, argument: int | None) -> int:
        if command == fcntl.F_SETLK and _Lock.from_address(argument or 0).kind in kinds:
            ctypes.set_errno(errno.EIO)
            return -1
        return real(descriptor, command, argument)

    callback = _FCNTL(call)
    disk.xSetSystemCall("fcntl", ctypes.cast(callback, ctypes.c_void_p).value or 0)
    try:
        yield
    finally:
        disk.xSetSystemCall("fcntl", original)


_PWRITE = ctypes.CFUNCTYPE(
    ctypes.c_ssize_t,
    ctypes.c_int,
    ctypes.c_void_p,
    ctypes.c_size_t,
    ctypes.c_int64,
    use_errno=True,
)


@contextmanager
def index_without_room(is_full: Callable[[], bool]) -> Generator[None]:
    """Let the disk have no room for the index of a log, which SQLite makes with single bytes."""
    disk = apsw.VFS("index", "unix")
    original = disk.xGetSystemCall("pwrite64")
    assert original
    real = _PWRITE(original)

    def call(descriptor: int, data: int | None, size: int, offset: int) -> int:
        if size == 1 and is_full():
            ctypes.set_errno(errno.ENOSPC)
            return -1
        return real(descriptor, data, size, offset)

    callback = _PWRITE(call)
    disk.xSetSystemCall("pwrite64", ctypes.cast(callback, ctypes.c_void_p).value or 0)
    try:
        yield
    finally:
        disk.xSetSystemCall("pwrite64", original)
