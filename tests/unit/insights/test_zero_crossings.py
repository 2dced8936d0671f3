from datetime import UTC, datetime
from itertools import pairwise
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

import ecg_core
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.insights.zero_crossings import zero_crossings

int32 = st.integers(-(2**31), 2**31 - 1) | st.integers(-2, 2)


def reference(samples: list[int], baseline: int) -> int:
    signs = [sample > baseline for sample in samples if sample != baseline]
    return sum(before != after for before, after in pairwise(signs))


@settings(deadline=None)
@given(st.lists(st.tuples(st.lists(int32, max_size=50), int32), max_size=4))
def test_each_lead_is_counted_about_its_baseline(leads: list[tuple[list[int], int]]) -> None:
    described = tuple(
        Lead(f"lead {n}", len(samples), baseline=baseline)
        for n, (samples, baseline) in enumerate(leads)
    )
    ecg = Ecg(UUID(int=1), "ann", datetime.now(UTC), described)
    assert zero_crossings(ecg, [ecg_core.Signal(samples) for samples, _ in leads]) == [
        {"name": f"lead {n}", "zero_crossings": reference(samples, baseline)}
        for n, (samples, baseline) in enumerate(leads)
    ]
