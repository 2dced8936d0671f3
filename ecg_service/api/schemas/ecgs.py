"""Answers about ECGs; the request body is `ecg_service.domain.submission.SubmittedEcg`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from msgspec import UNSET, Raw, Struct, UnsetType

from ecg_service.api.schemas import or_unset
from ecg_service.domain.ecg import Ecg, Lead, UnreadableEcg
from ecg_service.formats import Written
from ecg_service.services.found import FoundEcg, Window


class EcgCreated(Struct):
    """The id of a stored ECG."""

    ecg_id: str


class LeadOut(Struct):
    """A lead; `signal` only if samples were asked for, with its `encoding` if it is bytes."""

    name: str
    num_samples: int
    baseline: int
    zero_crossings: int | UnsetType = UNSET
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    missing: int | UnsetType = UNSET
    num_missing: int | UnsetType = UNSET
    signal: Raw | bytes | UnsetType = UNSET
    encoding: str | UnsetType = UNSET

    @classmethod
    def of(cls, lead: Lead, crossings: int | None = None, samples: Written | None = None) -> Self:
        # Without calls of `or_unset`, seven of which for each of twelve leads took 8 µs.
        return cls(
            name=lead.name,
            num_samples=lead.num_samples,
            baseline=lead.baseline,
            zero_crossings=UNSET if crossings is None else crossings,
            gain=UNSET if lead.gain is None else lead.gain,
            unit=UNSET if lead.unit is None else lead.unit,
            missing=UNSET if lead.missing is None else lead.missing,
            num_missing=UNSET if lead.num_missing is None else lead.num_missing,
            signal=UNSET if samples is None else samples.values[0],
            encoding=UNSET if samples is None or samples.encoding is None else samples.encoding,
        )


class EcgOut(Struct):
    """An ECG; `id` is the sender's."""

    ecg_id: str
    date: datetime
    leads: list[LeadOut]
    id: str | UnsetType = UNSET
    sampling_rate: float | UnsetType = UNSET

    @classmethod
    def of(cls, found: FoundEcg) -> Self:
        ecg = found.ecg
        return cls(
            ecg_id=str(ecg.id),
            date=ecg.date,
            leads=[*map(LeadOut.of, ecg.leads, found.crossings, found.samples)],
            id=or_unset(ecg.client_id),
            sampling_rate=or_unset(ecg.sampling_rate),
        )


class EcgEntry(Struct):
    """An ECG in a page, without samples; of a damaged one there is nothing but its `ecg_id`."""

    ecg_id: str
    damaged: Literal[True] | UnsetType = UNSET
    date: datetime | UnsetType = UNSET
    leads: list[LeadOut] | UnsetType = UNSET
    id: str | UnsetType = UNSET
    sampling_rate: float | UnsetType = UNSET

    @classmethod
    def of(cls, ecg: Ecg | UnreadableEcg) -> Self:
        if isinstance(ecg, UnreadableEcg):
            return cls(str(ecg.id), damaged=True)
        return cls(
            ecg_id=str(ecg.id),
            date=ecg.date,
            leads=[*map(LeadOut.of, ecg.leads)],
            id=or_unset(ecg.client_id),
            sampling_rate=or_unset(ecg.sampling_rate),
        )


class EcgPage(Struct):
    """A page of ECGs, newest first; the last page has no token."""

    ecgs: list[EcgEntry]
    next_page_token: str | UnsetType = UNSET

    @classmethod
    def of(cls, ecgs: Sequence[Ecg | UnreadableEcg], token: str | None) -> Self:
        return cls([*map(EcgEntry.of, ecgs)], or_unset(token))


class WindowOut(Struct):
    """Samples `start` to `stop` of a lead; thinned samples come with their `positions`.

    Both are in the `encoding`, if they are bytes.
    """

    index: int
    name: str
    num_samples: int
    baseline: int
    start: int
    stop: int
    zero_crossings: int
    signal: Raw | bytes
    encoding: str | UnsetType = UNSET
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    missing: int | UnsetType = UNSET
    num_missing: int | UnsetType = UNSET
    positions: Raw | bytes | UnsetType = UNSET

    @classmethod
    def of(cls, index: int, window: Window) -> Self:
        lead, (signal, *positions) = window.lead, window.samples.values
        return cls(
            index=index,
            name=lead.name,
            num_samples=lead.num_samples,
            baseline=lead.baseline,
            start=window.start,
            stop=window.stop,
            zero_crossings=window.zero_crossings,
            signal=signal,
            encoding=or_unset(window.samples.encoding),
            gain=or_unset(lead.gain),
            unit=or_unset(lead.unit),
            missing=or_unset(lead.missing),
            num_missing=or_unset(lead.num_missing),
            positions=positions[0] if positions else UNSET,
        )
