"""Answers about insights."""

from typing import Any, Self
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from ecg_service.api.schemas import or_unset
from ecg_service.domain.ecg import Lead
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.signals import ZeroRule
from ecg_service.services.found import FoundInsights


class CrossingsOut(Struct):
    """The zero crossings of a lead, and its number of missing samples if it names them."""

    name: str
    zero_crossings: int
    num_missing: int | UnsetType = UNSET

    @classmethod
    def of(cls, lead: Lead, crossings: int) -> Self:
        return cls(lead.name, crossings, or_unset(lead.num_missing))


class InsightOut(Struct):
    """The state of an insight, with its result once done, or its error once failed."""

    version: int
    state: InsightState
    attempts: int
    result: Any = UNSET
    error: str | UnsetType = UNSET

    @classmethod
    def of(cls, record: InsightRecord) -> Self:
        return cls(
            version=record.version,
            state=record.state,
            attempts=record.attempts,
            result=record.result if record.state is InsightState.DONE else UNSET,
            error=or_unset(record.error) if record.state is InsightState.FAILED else UNSET,
        )


class InsightsOut(Struct):
    """The insights of an ECG; `zeros` is the rule by which `leads` are counted."""

    ecg_id: str
    zeros: ZeroRule
    leads: list[CrossingsOut]
    insights: dict[str, InsightOut]

    @classmethod
    def of(cls, ecg_id: UUID, zeros: ZeroRule, found: FoundInsights) -> Self:
        return cls(
            ecg_id=str(ecg_id),
            zeros=zeros,
            leads=[*map(CrossingsOut.of, found.leads, found.crossings)],
            insights={record.name: InsightOut.of(record) for record in found.records},
        )
