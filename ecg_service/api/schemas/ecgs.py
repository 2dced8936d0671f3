"""Answers about ECGs; the request body is `ecg_service.domain.submission.SubmittedEcg`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from msgspec import UNSET, Raw, Struct, UnsetType

from ecg_service.api.schemas import or_unset
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.services.ecgs import FoundEcg, Window


class EcgCreated(Struct):
    """The id of a stored ECG."""

    ecg_id: str


class LeadOut(Struct):
    """A lead; `signal` only if samples were asked for."""

    name: str
    num_samples: int
    baseline: int
    zero_crossings: int | UnsetType = UNSET
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    signal: Raw | UnsetType = UNSET

    @classmethod
    def of(cls, lead: Lead, crossings: int | None = None, samples: bytes | None = None) -> Self:
        return cls(
            name=lead.name,
            num_samples=lead.num_samples,
            baseline=lead.baseline,
            zero_crossings=or_unset(crossings),
            gain=or_unset(lead.gain),
            unit=or_unset(lead.unit),
            signal=UNSET if samples is None else Raw(samples),
        )


class EcgOut(Struct):
    """An ECG; `id` is the sender's."""

    ecg_id: str
    date: datetime
    leads: list[LeadOut]
    id: str | UnsetType = UNSET
    sampling_rate: float | UnsetType = UNSET

    @classmethod
    def of(cls, ecg: Ecg, leads: Sequence[LeadOut]) -> Self:
        return cls(
            ecg_id=str(ecg.id),
            date=ecg.date,
            leads=list(leads),
            id=or_unset(ecg.client_id),
            sampling_rate=or_unset(ecg.sampling_rate),
        )

    @classmethod
    def of_found(cls, found: FoundEcg) -> Self:
        return cls.of(
            found.ecg, [*map(LeadOut.of, found.ecg.leads, found.crossings, found.samples)]
        )


class EcgPage(Struct):
    """A page of ECGs, newest first; the last page has no token."""

    ecgs: list[EcgOut]
    next_page_token: str | UnsetType = UNSET

    @classmethod
    def of(cls, ecgs: Sequence[Ecg], token: str | None) -> Self:
        return cls([EcgOut.of(ecg, [*map(LeadOut.of, ecg.leads)]) for ecg in ecgs], or_unset(token))


class WindowOut(Struct):
    """Samples `start` to `stop` of a lead; thinned samples come with their `positions`."""

    index: int
    name: str
    num_samples: int
    baseline: int
    start: int
    stop: int
    zero_crossings: int
    signal: Raw
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    positions: Raw | UnsetType = UNSET

    @classmethod
    def of(cls, index: int, window: Window) -> Self:
        lead = window.lead
        return cls(
            index=index,
            name=lead.name,
            num_samples=lead.num_samples,
            baseline=lead.baseline,
            start=window.start,
            stop=window.stop,
            zero_crossings=window.zero_crossings,
            signal=Raw(window.samples),
            gain=or_unset(lead.gain),
            unit=or_unset(lead.unit),
            positions=UNSET if window.positions is None else Raw(window.positions),
        )
