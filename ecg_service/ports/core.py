"""The numeric core: reads, packs and unpacks the samples of ECGs."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.errors import EcgError
from ecg_service.domain.signals import Signal
from ecg_service.ports.formats import Format, Use

T = TypeVar("T")


class SignalCore(Protocol):
    """Turns documents and blobs into signals, off the event loop.

    `use` runs where the core runs, next to the samples, so that neither they nor the work on
    them pass the event loop. An `EcgError` that it raises is the answer to its own item and
    leaves the others be. Raises `Overloaded` when too much waits for the core.
    """

    async def read(
        self, document_format: Format, documents: Sequence[bytes], use: Use[T]
    ) -> list[T | EcgError]:
        """Read documents of one format in one call; see `Format.read`."""
        ...

    async def unpack(
        self, blobs: Sequence[bytes], use: Callable[[int, Sequence[Signal]], T]
    ) -> list[T | EcgError]:
        """Unpack blobs one after the other and answer each with `use(index, signals)`.

        A blob whose checksum is wrong is answered with `DamagedEcg`.
        """
        ...

    async def window(
        self,
        blob: bytes,
        lead: int,
        start: int,
        stop: int | None,
        use: Callable[[Signal], T],
    ) -> T:
        """Answer with `use(samples[start:stop])` of one lead; raises `DamagedEcg`."""
        ...
