"""Insights over the wire."""

from typing import Any, Self
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from ecg_service.api.schemas import given
from ecg_service.domain.insights import InsightRecord, InsightState
from ecg_service.domain.signals import ZeroRule
from ecg_service.services.ecgs import FoundInsights


class CrossingsOut(Struct):
    """How often a lead crosses zero."""

    name: str
    zero_crossings: int


class InsightOut(Struct):
    """How far an insight has come: its result once it is done, its error once it has failed."""

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
            error=given(record.error) if record.state is InsightState.FAILED else UNSET,
        )


class InsightsOut(Struct):
    """What is known of an ECG; `zeros` is the rule the crossings are counted by."""

    ecg_id: str
    zeros: ZeroRule
    leads: list[CrossingsOut]
    insights: dict[str, InsightOut]

    @classmethod
    def of(cls, ecg_id: UUID, zeros: ZeroRule, found: FoundInsights) -> Self:
        return cls(
            ecg_id=str(ecg_id),
            zeros=zeros,
            leads=[CrossingsOut(*lead) for lead in found.crossings],
            insights={record.name: InsightOut.of(record) for record in found.records},
        )
