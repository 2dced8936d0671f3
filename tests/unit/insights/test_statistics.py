import json
from datetime import UTC, datetime
from math import isclose, sqrt
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

import ecg_core
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.insights.statistics import statistics

int32 = st.integers(-(2**31), 2**31 - 1)


def ecg(*leads: Lead) -> Ecg:
    return Ecg(UUID(int=1), "ann", datetime.now(UTC), leads)


@settings(deadline=None)
@given(st.lists(int32, min_size=1, max_size=200), int32)
def test_a_lead_is_described_about_its_baseline(samples: list[int], baseline: int) -> None:
    lead = Lead("I", len(samples), baseline=baseline)
    [found] = statistics(ecg(lead), [ecg_core.Signal(samples)])
    shifted = [sample - baseline for sample in samples]
    assert (found["name"], found["min"], found["max"]) == ("I", min(shifted), max(shifted))
    assert isclose(found["mean"], sum(shifted) / len(shifted), rel_tol=1e-12, abs_tol=1e-6)
    assert isclose(found["rms"], sqrt(sum(s * s for s in shifted) / len(shifted)), rel_tol=1e-12)


def test_a_lead_without_samples_has_no_numbers() -> None:
    [found] = statistics(ecg(Lead("I", 0)), [ecg_core.Signal([])])
    assert found == {"name": "I", "min": None, "max": None, "mean": None, "rms": None}


def test_the_result_is_json_that_anybody_reads() -> None:
    samples = [2**31 - 1] * 1000
    found = statistics(ecg(Lead("I", 1000, baseline=-(2**31))), [ecg_core.Signal(samples)])
    assert json.loads(json.dumps(found, allow_nan=False)) == found
