"""Zero crossings of each lead."""

from collections.abc import Sequence

from ecg_service.domain.ecg import Ecg
from ecg_service.domain.insights import (
    ZERO_CROSSINGS,
    InsightRecord,
    InsightState,
    Json,
    with_num_missing,
)
from ecg_service.domain.signals import Samples


def zero_crossings(ecg: Ecg, signals: Sequence[Samples]) -> Json:
    """Count each lead's changes of sign about its baseline; a zero keeps the sign before it.

    None is counted from one side of missing samples to the other.
    """
    counted: list[dict[str, Json]] = [
        {
            "name": lead.name,
            "zero_crossings": signal.count_zero_crossings(
                baseline=lead.baseline, missing=lead.missing
            ),
        }
        for lead, signal in zip(ecg.leads, signals, strict=True)
    ]
    return with_num_missing(ecg, counted)


def stored_counts(records: Sequence[InsightRecord]) -> list[int] | None:
    """Return each lead's count from the insights of an ECG, or None if they are not done."""
    for record in records:
        if record.name == ZERO_CROSSINGS and record.state is InsightState.DONE:
            return [lead["zero_crossings"] for lead in record.result]
    return None
