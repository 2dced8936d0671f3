"""Minimum, maximum, mean and root mean square of each lead."""

from collections.abc import Sequence

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import Json, with_num_missing
from ecg_service.domain.signals import Samples


def statistics(ecg: Ecg, signals: Sequence[Samples]) -> Json:
    """Describe each lead in the units of its samples, after subtracting its baseline."""
    return with_num_missing(ecg, [*map(_describe, ecg.leads, signals)])


def _describe(lead: Lead, signal: Samples) -> Json:
    extremes = signal.extremes(missing=lead.missing)
    if extremes is None:
        return {"name": lead.name, "min": None, "max": None, "mean": None, "rms": None}
    low, high = extremes
    # The core takes a float three times as fast as an integer, and every int32 is one exactly.
    mean, rms = signal.mean_and_rms(baseline=float(lead.baseline), missing=lead.missing)
    return {
        "name": lead.name,
        "min": low - lead.baseline,
        "max": high - lead.baseline,
        "mean": mean,
        "rms": rms,
    }
