"""How often each lead crosses zero."""

from collections.abc import Sequence

from ecg_service.domain.ecg import Ecg, Signal
from ecg_service.domain.insights import Json


def zero_crossings(ecg: Ecg, signals: Sequence[Signal]) -> Json:
    """Count each lead's changes of sign about its baseline; a zero keeps the sign before it."""
    return [
        {"name": lead.name, "zero_crossings": signal.zero_crossings(baseline=lead.baseline)}
        for lead, signal in zip(ecg.leads, signals, strict=True)
    ]
