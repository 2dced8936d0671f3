"""The only place that calls `ecg_core` for the services, and that decides where it runs.

It runs in threads, one hop for a whole batch: on one core, a thread that reads batches beat
reading each body on the event loop, and it keeps the loop free (ARCHITECTURE.md has figures).
"""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import ecg_core
from ecg_service.actors import Threads, ThreadsFull
from ecg_service.domain.ecg import Reading, Signal
from ecg_service.domain.errors import (
    DamagedEcg,
    EcgError,
    Invalid,
    Malformed,
    Overloaded,
    Path,
    Violation,
)
from ecg_service.ports.core import SignalCore

P = ParamSpec("P")
T = TypeVar("T")

_NOT_JSON = {"syntax", "encoding"}


class RustCore(SignalCore):
    """Runs `ecg_core` in the given threads."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    async def read(
        self, bodies: Sequence[bytes], use: Callable[[int, Reading], T]
    ) -> list[T | EcgError]:
        return await self._run(_read, bodies, use)

    async def unpack(
        self, blobs: Sequence[bytes], use: Callable[[int, Sequence[Signal]], T]
    ) -> list[T | EcgError]:
        return await self._run(_unpack, blobs, use)

    async def window(
        self, blob: bytes, lead: int, start: int, stop: int | None, use: Callable[[Signal], T]
    ) -> T:
        return await self._run(_window, blob, lead, start, stop, use)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await self._threads.run(_without_panic(function), *args, **kwargs)
        except ThreadsFull as error:
            raise Overloaded from error


def _without_panic(function: Callable[P, T]) -> Callable[P, T]:
    """Turn a Rust panic, which is no `Exception`, into one: it must not end the process."""

    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return function(*args, **kwargs)
        except Exception:
            raise
        except BaseException as panic:
            msg = "the core panicked"
            raise RuntimeError(msg) from panic

    return call


def _read(bodies: Sequence[bytes], use: Callable[[int, Reading], T]) -> list[T | EcgError]:
    def answer(index: int, read: ecg_core.Reading | ecg_core.DecodeError) -> T:
        if isinstance(read, ecg_core.DecodeError):
            raise _refusal(read)
        return use(index, Reading(read.skeleton, read.signals, read.blob))

    return [_caught(answer, *item) for item in enumerate(ecg_core.read_batch(bodies))]


def _unpack(
    blobs: Sequence[bytes], use: Callable[[int, Sequence[Signal]], T]
) -> list[T | EcgError]:
    def answer(index: int, blob: bytes) -> T:
        with _damage():
            signals = ecg_core.unpack(blob)
        return use(index, signals)

    return [_caught(answer, *item) for item in enumerate(blobs)]


def _window(blob: bytes, lead: int, start: int, stop: int | None, use: Callable[[Signal], T]) -> T:
    with _damage():
        signal = ecg_core.unpack_lead(blob, lead, start, stop)
    return use(signal)


def _caught(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | EcgError:
    try:
        return function(*args, **kwargs)
    except EcgError as error:
        return error


@contextmanager
def _damage() -> Generator[None]:
    try:
        yield
    except ecg_core.BlobError as error:
        raise DamagedEcg(str(error)) from error


def _refusal(error: ecg_core.DecodeError) -> Invalid:
    kind = Malformed if error.code in _NOT_JSON else Invalid
    return kind(Violation(_path(error.pointer), error.code, str(error)))


def _path(pointer: str) -> Path:
    steps = pointer.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def verify_blob(blob: bytes) -> None:
    """Read every sample of a blob, for a check of the store; raises `DamagedEcg`."""
    with _damage():
        ecg_core.unpack(blob)
