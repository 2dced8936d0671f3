"""Minimum, maximum, mean and root mean square of each lead."""

from collections.abc import Sequence

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import Json
from ecg_service.domain.signals import Signal


def statistics(ecg: Ecg, signals: Sequence[Signal]) -> Json:
    """Describe each lead in the units of its samples, after subtracting its baseline."""
    return [_describe(lead, signal) for lead, signal in zip(ecg.leads, signals, strict=True)]


def _describe(lead: Lead, signal: Signal) -> Json:
    if signal.minimum is None or signal.maximum is None:
        return {"name": lead.name, "min": None, "max": None, "mean": None, "rms": None}
    return {
        "name": lead.name,
        "min": signal.minimum - lead.baseline,
        "max": signal.maximum - lead.baseline,
        "mean": signal.average(baseline=lead.baseline),
        "rms": signal.rms(baseline=lead.baseline),
    }
