"""The numeric core: reads, packs and unpacks the samples of ECGs."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Samples, Signal
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.formats import AnswerFormat, Body, Format, Shown, Use

T = TypeVar("T")


class PackedBlob(Protocol):
    """The packed samples of an ECG, of which no more is read than is asked for."""

    @property
    def size(self) -> int:
        """How many bytes there are."""
        ...

    def read(self, start: int, stop: int) -> bytes:
        """Return the bytes from `start` to `stop`; fewer if some are lost. Blocks."""
        ...


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
        self, ecgs: Sequence[StoredEcg], use: Callable[[int, Sequence[Samples]], T]
    ) -> list[T | EcgError]:
        """Open the blobs of ECGs; return `use(index, signals)` for each, in order.

        The result for a blob whose checksum does not match, or that has more samples than the
        ECG's leads, is `DamagedEcg`.
        """
        ...

    def write(self, ecg: Ecg, blob: bytes, form: AnswerFormat, shown: Shown) -> Body:
        """Return the answer with each signal of a blob as `form` encodes it; blocks, and raises `DamagedEcg`."""
        ...

    def open(self, ecg: Ecg, blob: PackedBlob, use: Callable[[Sequence[Samples]], T]) -> T:
        """Return `use` of the signals of an ECG, all in the calling thread; raises `DamagedEcg`.

        Those of a long one are unpacked as `use` needs them, which then may raise it.
        """
        ...

    def signal(self, samples: Samples) -> Signal:
        """Return samples in memory; raises `DamagedEcg`."""
        ...
