"""Returns the samples of ECGs, and what is counted in them."""

from collections.abc import AsyncGenerator, Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar
from uuid import UUID

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.errors import LeadNotFound
from ecg_service.domain.insights import ZERO_CROSSINGS, InsightRecord
from ecg_service.domain.signals import LONG, Samples, ZeroRule
from ecg_service.domain.stored import StoredEcg
from ecg_service.ports.core import PackedBlob, SignalCore
from ecg_service.ports.ecgs import EcgRepository
from ecg_service.ports.formats import AnswerFormat, Body, Streamed, Write, Written
from ecg_service.services.found import FoundEcg, Window

T = TypeVar("T")

COUNTED = (ZERO_CROSSINGS,)
"""The insights that tell what is answered of an ECG itself."""

StoredCounts = Callable[[Sequence[InsightRecord]], Sequence[int] | None]


class EcgSamples:
    """Reads the samples of ECGs; every method takes the owner, and finds the owner's ECGs only.

    `stored_counts` returns each lead's zero crossings from the insights of an ECG, or None if
    they are not done.
    """

    def __init__(
        self, repository: EcgRepository, core: SignalCore, stored_counts: StoredCounts
    ) -> None:
        self._repository = repository
        self._core = core
        self._stored_counts = stored_counts

    async def read(self, owner: str, ecg_id: UUID) -> FoundEcg:
        """Return an ECG without its samples."""
        stored = await self._repository.get(owner, ecg_id, samples=False, insights=COUNTED)
        counts = self._stored_counts(stored.insights)
        if counts is None:
            stored, counts = await self._count(owner, ecg_id, "neutral")
        return FoundEcg(stored.ecg, counts, [None] * len(counts))

    async def whole(
        self, owner: str, ecg_id: UUID, form: AnswerFormat, shown: Callable[[FoundEcg], object]
    ) -> Body | FoundEcg:
        """Return what `shown` makes of an ECG with its samples, as `form` encodes it.

        The samples of a long one are only described, in what is returned then: `stream` reads them.
        """
        use = partial(self._with_samples, form, shown)
        return await self._repository.read(owner, ecg_id, use, insights=COUNTED)

    async def stream(self, found: FoundEcg, index: int) -> AsyncGenerator[bytes]:
        """Yield the samples of a lead, part by part, as `found.streamed` writes them.

        Each is of a snapshot of its own, but of the same ECG, which never changes: raises
        `EcgNotFound` once it is deleted.
        """
        ecg, streamed = found.ecg, found.streamed[index]

        def part(start: int, _: StoredEcg, blob: PackedBlob) -> bytes:
            window = slice(start, start + LONG)
            signal = self._core.signal
            return self._core.open(
                ecg, blob, lambda leads: streamed.part(signal(leads[index][window]), start == 0)
            )

        for start in range(0, ecg.leads[index].num_samples, LONG):
            use = partial(part, start)
            yield await self._repository.read(ecg.owner, ecg.id, use, insights=())

    async def window(
        self,
        owner: str,
        ecg_id: UUID,
        index: int,
        *,
        write: Write,
        start: int = 0,
        stop: int | None = None,
        max_points: int | None = None,
    ) -> Window:
        """Return samples `start` to `stop` of one lead.

        With `max_points`, at most that many: the minimum and the maximum of each bucket, so that
        no peak is lost.
        """

        def read(stored: StoredEcg, blob: PackedBlob) -> Window:
            lead = lead_of(stored, index)
            use = partial(render, stored, lead)
            return self._core.open(stored.ecg, blob, lambda leads: use(leads[index][start:stop]))

        def render(stored: StoredEcg, lead: Lead, samples: Samples) -> Window:
            first = min(start, lead.num_samples)
            if max_points is None or len(samples) <= max_points:
                signal = self._core.signal(samples)
                place = (lead, first, first + len(signal), _crossings(lead, signal))
                return Window(*place, write(signal))
            counts = self._stored_counts(stored.insights)
            if counts is None or len(samples) < lead.num_samples:
                crossings = _crossings(lead, samples)
            else:
                crossings = counts[index]
            positions, values = samples.thin(max_points, missing=lead.missing)
            return Window(lead, first, first + len(samples), crossings, write(values, positions))

        return await self._repository.read(owner, ecg_id, read, insights=COUNTED)

    async def _count(
        self, owner: str, ecg_id: UUID, zeros: ZeroRule
    ) -> tuple[StoredEcg, list[int]]:
        """Read the ECG with its samples, and count each lead's zero crossings."""

        def count(stored: StoredEcg, blob: PackedBlob) -> tuple[StoredEcg, list[int]]:
            return stored, self._each(stored.ecg, blob, partial(_crossings, zeros=zeros))

        return await self._repository.read(owner, ecg_id, count)

    def _with_samples(
        self,
        form: AnswerFormat,
        shown: Callable[[FoundEcg], object],
        stored: StoredEcg,
        blob: PackedBlob,
    ) -> Body | FoundEcg:
        ecg, counts = stored.ecg, self._stored_counts(stored.insights)
        if counts is None:
            counts = self._each(ecg, blob, _crossings)

        def answer(samples: Iterable[Written]) -> object:
            return shown(FoundEcg(ecg, counts, samples))

        if not ecg.is_long:
            return self._core.write(ecg, blob.read(0, blob.size), form, answer)
        streamed = self._each(ecg, blob, lambda _, samples: _streamed(form, samples))
        return FoundEcg(ecg, counts, [one.placeholder for one in streamed], streamed)

    def _each(self, ecg: Ecg, blob: PackedBlob, use: Callable[[Lead, Samples], T]) -> list[T]:
        """Return `use` of each lead and its samples; called in a thread."""
        return self._core.open(ecg, blob, lambda signals: [*map(use, ecg.leads, signals)])


def lead_of(stored: StoredEcg, index: int) -> Lead:
    """Return a lead, or raise `LeadNotFound`."""
    if index >= len(stored.ecg.leads):
        raise LeadNotFound
    return stored.ecg.leads[index]


def _streamed(form: AnswerFormat, samples: Samples) -> Streamed:
    return form.streamed(len(samples), samples.extremes() or (0, 0))


def _crossings(lead: Lead, signal: Samples, zeros: ZeroRule = "neutral") -> int:
    return signal.count_zero_crossings(zeros=zeros, baseline=lead.baseline, missing=lead.missing)
