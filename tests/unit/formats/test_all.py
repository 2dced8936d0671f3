"""The same ECG is the same, however it is written."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecg_service.domain.errors import Invalid
from tests.unit.formats.documents import WAYS, read

INT32 = st.integers(-(2**31), 2**31 - 1)
SAMPLES = st.lists(st.integers(-40_000, 40_000) | INT32, min_size=1, max_size=50)
LEADS = st.fixed_dictionaries(
    {"name": st.sampled_from(["avr", "I", "心", '"signal":["']), "signal": SAMPLES},
    optional={"baseline": INT32, "gain": st.floats(0.1, 1e6), "unit": st.none() | st.just("mV")},
)
ECGS = st.fixed_dictionaries(
    {"leads": st.lists(LEADS, min_size=1, max_size=4)},
    optional={
        "id": st.just("x"),
        "sampling_rate": st.just(500),
        "date": st.just("2026-05-17T12:00:00Z"),
    },
)


@given(ECGS)
def test_all_ways_to_write_an_ecg_say_the_same(document: dict[str, Any]) -> None:
    first, *others = (read(way, document) for way in WAYS)
    assert isinstance(first, tuple)
    assert all(other == first for other in others)


LEAD = {"name": "I", "signal": [1, -2, 3]}
BROKEN: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown field": ({"leads": [LEAD], "x": 1}, "/x", "unknown_field"),
    "unknown field of a lead": ({"leads": [LEAD | {"x": 1}]}, "/leads/0/x", "unknown_field"),
    "no name": ({"leads": [{"signal": [1]}]}, "/leads/0/name", "missing_field"),
    "name a number": ({"leads": [LEAD | {"name": 1}]}, "/leads/0/name", "wrong_type"),
    "name empty": ({"leads": [LEAD | {"name": ""}]}, "/leads/0/name", "not_a_label"),
    "length": ({"leads": [LEAD | {"num_samples": 2}]}, "/leads/0/num_samples", "wrong_length"),
    "length a float": (
        {"leads": [LEAD | {"num_samples": 3.0}]},
        "/leads/0/num_samples",
        "wrong_type",
    ),
    "length a bool": (
        {"leads": [LEAD | {"num_samples": True}]},
        "/leads/0/num_samples",
        "wrong_type",
    ),
    "baseline": ({"leads": [LEAD | {"baseline": 2**31}]}, "/leads/0/baseline", "out_of_range"),
    "no samples": ({"leads": [LEAD | {"signal": []}]}, "/leads/0/signal", "empty"),
    "no leads": ({"leads": []}, "/leads", "length"),
    "five leads": ({"leads": [LEAD] * 5}, "/leads", "length"),
    "naive date": ({"leads": [LEAD], "date": "2026-05-17T12:00:00"}, "/date", "no_utc_offset"),
    "date a number": ({"leads": [LEAD], "date": 1}, "/date", "wrong_type"),
    "rate": ({"leads": [LEAD], "sampling_rate": 0}, "/sampling_rate", "out_of_range"),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BROKEN)
def test_all_ways_break_the_same_rules(way: str, name: str) -> None:
    document, place, code = BROKEN[name]
    refused = read(way, document)
    assert isinstance(refused, Invalid)
    [violation] = refused.violations
    assert ("/" + "/".join(map(str, violation.path)), violation.code) == (place, code)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", BROKEN)
def test_leads_that_are_known_keep_no_rule_for_another_ecg(way: str, name: str) -> None:
    document, *_ = BROKEN[name]
    good = {"leads": [LEAD]}
    first, refused, again = (read(way, one) for one in (good, document, good))
    assert isinstance(first, tuple)
    assert isinstance(refused, Invalid)
    assert again == first


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("named", [True, False])
def test_of_two_errors_the_first_is_told(way: str, named: bool) -> None:  # noqa: FBT001
    bad = {"leads": [LEAD | {"name": 1}]}
    refused = read(way, {"id": 1} | bad if named else bad | {"id": 1})
    assert isinstance(refused, Invalid)
    assert refused.violations[0].path == (("id",) if named else ("leads", 0, "name"))


@pytest.mark.parametrize("way", WAYS)
def test_a_description_may_be_long(way: str) -> None:
    document = {"leads": [LEAD], "id": "x" * 20_000}
    refused = read(way, document)
    assert isinstance(refused, Invalid)
    assert refused.violations[0].path == ("id",)
