"""The numeric core: reads, packs and unpacks the samples of ECGs."""

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

from ecg_service.domain.ecg import Reading, Signal
from ecg_service.domain.errors import EcgError

T = TypeVar("T")


class SignalCore(Protocol):
    """Turns bodies into signals and blobs into signals, off the event loop.

    `use` runs where the core runs, next to the samples, so that neither they nor the work on
    them pass the event loop. An `EcgError` of one item is its answer and leaves the others be.
    """

    async def read(
        self, bodies: Sequence[bytes], use: Callable[[int, Reading], T]
    ) -> list[T | EcgError]:
        """Read JSON bodies in one go and answer each with `use(index, reading)`.

        A body the core refuses is answered with `Invalid`.
        """
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
