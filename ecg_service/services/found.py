"""What is found when an owner reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import InsightRecord
from ecg_service.ports.formats import Streamed, Written


@dataclass(frozen=True, slots=True)
class FoundEcg:
    """An ECG with each lead's zero crossings and, if asked for, its samples."""

    ecg: Ecg
    crossings: Sequence[int]
    samples: Iterable[Written | None]
    streamed: Sequence[Streamed] = ()
    """How the samples of each lead are written, if the ECG is long; `samples` are the placeholders."""


@dataclass(frozen=True, slots=True)
class FoundInsights:
    """The insights of an ECG, and each lead with its zero crossings by the rule asked for."""

    leads: Sequence[Lead]
    crossings: Sequence[int]
    records: Sequence[InsightRecord]


@dataclass(frozen=True, slots=True)
class Window:
    """Samples `start` to `stop` of a lead; thinned samples come with their positions."""

    lead: Lead
    start: int
    stop: int
    zero_crossings: int
    samples: Written
