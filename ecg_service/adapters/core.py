"""Runs `ecg_core` for the services, one call for a whole batch, never on the event loop."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar

import ecg_core
from ecg_service.actors import Threads
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.errors import DamagedEcg, EcgError, outcome
from ecg_service.domain.signals import Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import SignalCore
from ecg_service.ports.formats import Format, Use, WriteBlob, Written

P = ParamSpec("P")
T = TypeVar("T")


class RustCore(SignalCore):
    """Reads in the thread of the caller, and unpacks in the given threads."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads

    def read(
        self,
        document_format: Format,
        documents: Sequence[bytes],
        use: Use[T],
        *,
        max_leads: int | None = None,
    ) -> list[T | EcgError]:
        return _without_panic(document_format.read, documents, use, max_leads=max_leads)

    async def unpack(
        self, ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Signal]], T]
    ) -> list[T | EcgError]:
        return await self._run(_unpack, ecgs, use)

    def write(self, ecg: StoredEcg, write: WriteBlob) -> Sequence[Written]:
        return _without_panic(_write, ecg, write)

    def unpack_here(self, ecg: StoredEcg, use: Callable[[Sequence[Signal]], T]) -> T:
        return _without_panic(lambda: use(_signals(ecg)))

    def window(
        self, ecg: StoredEcg, lead: int, start: int, stop: int | None, use: Callable[[Signal], T]
    ) -> T:
        return _without_panic(_window, ecg, lead, start, stop, use)

    async def _run(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await in_thread(self._threads, _without_panic, function, *args, **kwargs)


def _without_panic(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Raise a Rust panic, which is no `Exception`, as one, so that it does not end the process."""
    try:
        return function(*args, **kwargs)
    except Exception:
        raise
    except BaseException as panic:
        msg = "the core panicked"
        raise RuntimeError(msg) from panic


def _unpack(
    ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Signal]], T]
) -> list[T | EcgError]:
    def answer(index: int, ecg: StoredEcg) -> T:
        return use(index, _signals(ecg))

    return [outcome(answer, *item) for item in enumerate(ecgs)]


def _signals(ecg: StoredEcg) -> Sequence[Signal]:
    with _damage():
        return ecg_core.unpack(ecg.blob, max_samples=ecg.num_samples)


def _write(ecg: StoredEcg, write: WriteBlob) -> Sequence[Written]:
    with _damage():
        return write(ecg.blob, max_samples=ecg.num_samples)


def _window(
    stored: StoredEcg, lead: int, start: int, stop: int | None, use: Callable[[Signal], T]
) -> T:
    most = stored.ecg.leads[lead].num_samples
    with _damage():
        signal = ecg_core.unpack_lead(stored.blob, lead, start, stop, max_samples=most)
    return use(signal)


@contextmanager
def _damage() -> Generator[None]:
    try:
        yield
    except ecg_core.BlobError as error:
        raise DamagedEcg(str(error)) from error


def verify_blob(blob: bytes, max_samples: int) -> int:
    """Unpack a blob to check it, and return how many samples it holds; raises `DamagedEcg`."""
    with _damage():
        return sum(map(len, ecg_core.unpack(blob, max_samples=max_samples)))
