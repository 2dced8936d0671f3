"""Runs `ecg_core` for the services, one call for a whole batch, never on the event loop."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import ParamSpec, TypeVar, cast

import ecg_core
from ecg_service.actors import Threads
from ecg_service.adapters.threads import in_thread
from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import DamagedEcg, EcgError, outcome
from ecg_service.domain.signals import Samples, Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import PackedBlob, SignalCore
from ecg_service.ports.formats import AnswerFormat, Body, Format, Shown, Use

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
        self, ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Samples]], T]
    ) -> list[T | EcgError]:
        return await in_thread(self._threads, _without_panic, _unpack, ecgs, use)

    def write(self, ecg: Ecg, blob: bytes, form: AnswerFormat, shown: Shown) -> Body:
        return _without_panic(_write, ecg, blob, form, shown)

    def open(self, ecg: Ecg, blob: PackedBlob, use: Callable[[Sequence[Samples]], T]) -> T:
        return _without_panic(_open, ecg, blob, use)

    def signal(self, samples: Samples) -> Signal:
        return _without_panic(_signal, samples)


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
    ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Samples]], T]
) -> list[T | EcgError]:
    def answer(index: int, stored: StoredEcg) -> T:
        with _damage():
            return use(index, _samples(stored.ecg, stored.blob))

    return [outcome(answer, *item) for item in enumerate(ecgs)]


def _samples(ecg: Ecg, blob: bytes) -> Sequence[Samples]:
    if ecg.is_long:
        return ecg_core.open_blob(blob, max_samples=ecg.num_samples)
    return ecg_core.unpack(blob, max_samples=ecg.num_samples)


def _write(ecg: Ecg, blob: bytes, form: AnswerFormat, shown: Shown) -> Body:
    with _damage():
        return form.write_blob(shown, blob, max_samples=ecg.num_samples)


def _open(ecg: Ecg, blob: PackedBlob, use: Callable[[Sequence[Samples]], T]) -> T:
    with _damage():
        signals = ecg_core.open_blob(blob.read, blob.size, max_samples=ecg.num_samples)
        if [*map(len, signals)] != [lead.num_samples for lead in ecg.leads]:
            raise DamagedEcg("the leads of the ECG have other numbers of samples")
        return use(signals)


def _signal(samples: Samples) -> Signal:
    if isinstance(samples, ecg_core.Signal):
        return samples
    with _damage():
        return cast("ecg_core.PackedSignal", samples).unpack()


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
