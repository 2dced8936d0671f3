"""Missing samples: shown as they were sent, and left out of all that is counted and described."""

import math
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.doors import ANN, INT32_MAX, INT32_MIN, Json, Service, all_ecgs, ecg, lead, post
from tests.api.test_insights import RULES

GAP = -32768
NOTHING = {"min": None, "max": None, "mean": None, "rms": None}


def runs(signal: Sequence[int], baseline: int, missing: int | None) -> list[list[int]]:
    """Cut a signal at its missing samples, and subtract the baseline from the others."""
    found: list[list[int]] = [[]]
    for sample in signal:
        if sample == missing:
            found.append([])
        else:
            found[-1].append(sample - baseline)
    return found


def described(samples: Sequence[int]) -> Json:
    if not samples:
        return NOTHING
    mean, square = sum(samples) / len(samples), sum(s * s for s in samples) / len(samples)
    return {"min": min(samples), "max": max(samples), "mean": mean, "rms": math.sqrt(square)}


def is_close(found: Json, expected: Json) -> bool:
    return all(
        found[name] == value
        or (value is not None and math.isclose(found[name], value, rel_tol=1e-12, abs_tol=1e-6))
        for name, value in expected.items()
    )


class Sent(NamedTuple):
    """A lead whose samples, baseline and sentinel often meet."""

    signal: list[int]
    baseline: int
    missing: int | None


few = st.sampled_from([0, 1, -1, GAP, INT32_MIN, INT32_MAX])
int32 = st.integers(INT32_MIN, INT32_MAX) | few
sent_leads = st.lists(
    st.builds(Sent, st.lists(int32, min_size=1, max_size=60), few, st.none() | few),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=20)
@given(sent_leads)
async def test_the_service_answers_as_the_definition_says(
    service: Service, leads: list[Sent]
) -> None:
    ann, cut = service.client(ANN), [runs(*one) for one in leads]
    key = await post(ann, ecg(*({"name": "I", **one._asdict()} for one in leads)))
    whole = (await ann.get(f"/ecg/{key}")).json()["leads"]
    assert [one["signal"] for one in whole] == [one.signal for one in leads]
    missing = [one.signal.count(one.missing) if one.missing is not None else None for one in leads]
    for name, rule in RULES.items():
        counts = [sum(map(rule, one)) for one in cut]
        found = (await ann.get(f"/ecg/{key}/insights?zeros={name}")).json()["leads"]
        assert [one["zero_crossings"] for one in found] == counts
        assert [one.get("num_missing") for one in found] == missing
    found = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    statistics = found.json()["insights"]["statistics"]["result"]
    assert [one.get("num_missing") for one in statistics] == missing
    for one, samples in zip(statistics, cut, strict=True):
        assert is_close(one, described([*chain(*samples)]))


SIGNAL = [7, GAP, -7, 7, 0, GAP, -7, -7, GAP, GAP]


async def test_every_view_says_what_is_missing_and_how_much(newcomer: httpx.AsyncClient) -> None:
    key = await post(newcomer, ecg(lead("I", *SIGNAL, missing=GAP), lead("II", 1, -1)))
    paths = ("", "?signals=0", "/insights", "/leads/0", "/leads/0?max_points=4&start=1")
    views = [(await newcomer.get(f"/ecg/{key}{path}")).json() for path in paths]
    first = [view["leads"][0] if "leads" in view else view for view in views]
    listed = (await all_ecgs(newcomer))[0]["leads"]
    assert [one["zero_crossings"] for one in first] == [1] * 5
    assert [one["num_missing"] for one in (*first, listed[0])] == [4] * 6
    assert {one["missing"] for one in (*first, listed[0]) if "num_samples" in one} == {GAP}
    others = [view["leads"][1] for view in views[:3]] + [listed[1]]
    assert not {"missing", "num_missing"} & set[str]().union(*others)


async def test_every_insight_says_how_much_it_left_out(ann: httpx.AsyncClient) -> None:
    key = await post(ann, ecg(lead("I", *SIGNAL, missing=GAP), lead("II", 1, -1)))
    answer = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    results = [insight["result"] for insight in answer.json()["insights"].values()]
    assert [one["num_missing"] for one, _ in results] == [4] * len(results)
    assert ["num_missing" in other for _, other in results] == [False] * len(results)


async def test_of_missing_samples_alone_nothing_is_counted_or_described(
    ann: httpx.AsyncClient,
) -> None:
    key = await post(ann, ecg(lead("I", *[GAP] * 500, missing=GAP)))
    answer = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    insights = answer.json()["insights"]
    assert insights["zero_crossings"]["result"] == [
        {"name": "I", "zero_crossings": 0, "num_missing": 500}
    ]
    assert insights["statistics"]["result"] == [{"name": "I", **NOTHING, "num_missing": 500}]
    assert (await ann.get(f"/ecg/{key}")).json()["leads"][0]["signal"] == [GAP] * 500


@pytest.mark.parametrize("start", [0, 3])
async def test_thinning_shows_a_missing_sample_only_where_all_are(
    ann: httpx.AsyncClient, start: int
) -> None:
    signal = [5, GAP, 9, 1, GAP, 3] * 20 + [GAP] * 240
    key = await post(ann, ecg(lead("I", *signal, missing=GAP)))
    window: Any = (await ann.get(f"/ecg/{key}/leads/0?max_points=24&start={start}")).json()
    points = list(zip(window["positions"], window["signal"], strict=True))
    assert [signal[start + at] for at, _ in points] == window["signal"]
    assert {sample for at, sample in points if start + at < 100} == {1, 9}
    assert {sample for at, sample in points if start + at > 140} == {GAP}
