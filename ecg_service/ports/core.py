"""The numeric core: reads, packs and unpacks the samples of ECGs."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.formats import Format, Use, WriteBlob, Written

T = TypeVar("T")


class SignalCore(Protocol):
    """Turns documents and blobs into signals, off the event loop.

    `use` is called in the same thread, so that neither the samples nor the work on them reach
    the event loop. An `EcgError` that it raises fails only its own item. Every asynchronous method
    raises `Overloaded` when too many calls wait for the core; the others block, for threads that
    have the document or the blob.
    """

    def read(
        self,
        document_format: Format,
        documents: Sequence[bytes],
        use: Use[T],
        *,
        max_leads: int | None = None,
    ) -> list[T | EcgError]:
        """Read documents of one format in one call; see `Format.read`. Blocks: for a thread."""
        ...

    async def unpack(
        self, ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Signal]], T]
    ) -> list[T | EcgError]:
        """Unpack the blobs of ECGs; return `use(index, signals)` for each, in order.

        The result for a blob whose checksum does not match, or that has more samples than the
        ECG's leads, is `DamagedEcg`.
        """
        ...

    def write(self, ecg: StoredEcg, write: WriteBlob) -> Sequence[Written]:
        """Return each signal of an ECG as `write` encodes it; blocks, and raises `DamagedEcg`."""
        ...

    def unpack_here(self, ecg: StoredEcg, use: Callable[[Sequence[Signal]], T]) -> T:
        """Return `use(signals)`, all in the calling thread; raises `DamagedEcg` as `unpack`."""
        ...

    def window(
        self,
        ecg: StoredEcg,
        lead: int,
        start: int,
        stop: int | None,
        use: Callable[[Signal], T],
    ) -> T:
        """Return `use(signal)` of samples `start` to `stop` of one lead, in the calling thread.

        Raises `DamagedEcg`.
        """
        ...
