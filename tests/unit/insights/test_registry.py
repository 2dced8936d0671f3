from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ecg_core
from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.insights import Insight, Json
from ecg_service.insights import REGISTRY


def test_names_are_unique_and_versions_count_from_one() -> None:
    assert len({insight.name for insight in REGISTRY}) == len(REGISTRY)
    assert all(insight.version >= 1 for insight in REGISTRY)


def test_crossings_are_counted_while_the_ecg_is_taken_in() -> None:
    """The answers of `GET /ecg/{id}` and its insights need them."""
    assert [i.name for i in REGISTRY if i.when == "ingest"] == ["zero_crossings"]


samples = st.lists(st.none() | st.integers(-1000, 1000) | st.integers(-2, 2), max_size=50)
outside = st.integers(1001, 2**31 - 1) | st.integers(-(2**31), -1001)


def result(insight: Insight, signal: list[int | None], missing: int, baseline: int) -> Json:
    """Compute an insight of one lead, in which None is written as this number."""
    lead = Lead("I", len(signal), None, baseline, None, missing, signal.count(None))
    written = ecg_core.Signal([missing if one is None else one for one in signal])
    return insight.compute(Ecg(UUID(int=1), "ann", datetime.now(UTC), (lead,)), [written])


@pytest.mark.parametrize("insight", REGISTRY, ids=lambda insight: insight.name)
@settings(deadline=None)
@given(signal=samples, numbers=st.tuples(outside, outside), baseline=st.integers(-2, 2000))
def test_no_insight_depends_on_the_number_that_stands_for_missing_samples(
    insight: Insight, signal: list[int | None], numbers: tuple[int, int], baseline: int
) -> None:
    one, other = (result(insight, signal, number, baseline) for number in numbers)
    assert one == other
    assert one[0]["num_missing"] == signal.count(None)
