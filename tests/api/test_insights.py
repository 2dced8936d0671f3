"""Insights: crossings by every rule, the rest in the background, and waiting for it."""

import asyncio
import math
import random
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from ecg_service.api.app import create_app
from ecg_service.domain.signals import ZeroRule
from ecg_service.services.ecgs import Ecgs
from ecg_service.services.found import FoundInsights
from tests.api.doors import (
    ANN,
    INT32_MAX,
    INT32_MIN,
    PASSWORD,
    UNKNOWN_ID,
    Service,
    client,
    ecg,
    lead,
    post,
    problem,
)

Signs = Callable[[list[int]], int]


def neutral(samples: list[int]) -> int:
    return sum((a > 0) != (b > 0) for a, b in pairwise([s for s in samples if s]))


def positive(samples: list[int]) -> int:
    return sum((a >= 0) != (b >= 0) for a, b in pairwise(samples))


def negative(samples: list[int]) -> int:
    return sum((a > 0) != (b > 0) for a, b in pairwise(samples))


def distinct(samples: list[int]) -> int:
    return sum((a > 0) - (a < 0) != (b > 0) - (b < 0) for a, b in pairwise(samples))


def strict(samples: list[int]) -> int:
    return sum(a * b < 0 for a, b in pairwise(samples))


RULES: dict[str, Signs] = {
    "neutral": neutral,
    "positive": positive,
    "negative": negative,
    "distinct": distinct,
    "strict": strict,
}
CHANCE = random.Random(11)
SIGNALS = [
    [1, 0, -1],
    [1, 0, 1],
    [0, 1, -1],
    [0],
    [0, 0, 0],
    [5],
    [-1, 0, 0, 1, 0, 0, -1],
    [INT32_MIN, INT32_MAX, INT32_MIN],
    [CHANCE.choice([-1, 0, 1]) for _ in range(999)],
    [CHANCE.randint(INT32_MIN, INT32_MAX) for _ in range(500)],
]
BASELINES = [0, 1, -1, 1024, INT32_MAX, INT32_MIN]


@pytest.mark.parametrize("rule", RULES)
async def test_crossings_are_counted_by_the_rule_asked_for(
    ann: httpx.AsyncClient, rule: str
) -> None:
    key = await post(ann, ecg(*[lead("I", *samples) for samples in SIGNALS]))
    found = (await ann.get(f"/ecg/{key}/insights", params={"zeros": rule})).json()
    assert found["zeros"] == rule
    assert [one["zero_crossings"] for one in found["leads"]] == list(map(RULES[rule], SIGNALS))


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("baseline", BASELINES)
async def test_the_baseline_is_subtracted_first(
    ann: httpx.AsyncClient, rule: str, baseline: int
) -> None:
    samples = [1, 0, -1, 1023, 1024, 1025, INT32_MAX, INT32_MIN, INT32_MAX - 1, 0]
    key = await post(ann, ecg(lead("I", *samples, baseline=baseline)))
    [found] = (await ann.get(f"/ecg/{key}/insights?zeros={rule}")).json()["leads"]
    assert found["zero_crossings"] == RULES[rule]([sample - baseline for sample in samples])


async def test_every_view_shows_the_same_neutral_count(ann: httpx.AsyncClient) -> None:
    key = await post(ann, ecg(lead("I", 512, 0, 1023, 0, baseline=512)))
    views = [(await ann.get(f"/ecg/{key}{path}")).json() for path in ("", "?signals=0")]
    views += [{"leads": [(await ann.get(f"/ecg/{key}/leads/0")).json()]}]
    views += [(await ann.get(f"/ecg/{key}/insights")).json()]
    assert [view["leads"][0]["zero_crossings"] for view in views] == [2] * 4


async def test_crossings_are_there_with_the_201(ann: httpx.AsyncClient) -> None:
    key = await post(ann)
    found = (await ann.get(f"/ecg/{key}/insights")).json()
    assert found["insights"]["zero_crossings"] == {
        "version": 1,
        "state": "done",
        "attempts": 1,
        "result": [{"name": "I", "zero_crossings": 2}],
    }
    assert found["ecg_id"] == key


async def test_statistics_come_in_the_units_of_the_samples(ann: httpx.AsyncClient) -> None:
    samples = [-3, 4, 100, 0, 7]
    key = await post(ann, ecg(lead("i", *samples, baseline=10), lead("II", INT32_MAX, INT32_MIN)))
    found = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    statistics = found.json()["insights"]["statistics"]
    assert {name: statistics[name] for name in ("version", "state", "attempts")} == {
        "version": 1,
        "state": "done",
        "attempts": 1,
    }
    first, second = statistics["result"]
    shifted = [sample - 10 for sample in samples]
    assert (first["name"], first["min"], first["max"]) == ("I", min(shifted), max(shifted))
    assert math.isclose(first["mean"], sum(shifted) / 5)
    assert math.isclose(first["rms"], math.sqrt(sum(s * s for s in shifted) / 5))
    assert (second["mean"], second["min"], second["max"]) == (-0.5, INT32_MIN, INT32_MAX)


@pytest.mark.parametrize("rule", ["", "Neutral", "mean", "strict,positive", "\0"], ids=repr)
async def test_an_unknown_rule_is_refused(ann: httpx.AsyncClient, rule: str) -> None:
    answer = await ann.get(f"/ecg/{await post(ann)}/insights", params={"zeros": rule})
    assert [e["parameter"] for e in problem(answer, 400, "invalid-query")["errors"]] == ["zeros"]


async def test_waiting_ends_when_all_is_settled(ann: httpx.AsyncClient) -> None:
    for _ in range(20):
        key = await post(ann)
        answer = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=25"})
        assert answer.headers["Preference-Applied"] == "wait=25"
        assert {one["state"] for one in answer.json()["insights"].values()} == {"done"}


PREFERENCES: dict[str, str | None] = {
    "wait=0": "wait=0",
    "wait=10": "wait=10",
    "WAIT=10": "wait=10",
    'wait="10"': "wait=10",
    "wait = 10": "wait=10",
    "respond-async, wait=10": "wait=10",
    "wait=10; foo=bar": "wait=10",
    "wait=31": "wait=30",
    "wait=999999": "wait=30",
    "": None,
    "wait": None,
    "wait=": None,
    "wait=-1": None,
    "wait=x": None,
    "wait=1.5": None,
    "wait=1e3": None,
    "await=10": None,
    "wait=9999999999999999999999": None,
    "respond-async": None,
    ";;,,==": None,
}


@pytest.mark.parametrize("prefer", PREFERENCES)
async def test_a_preference_is_capped_or_ignored(ann: httpx.AsyncClient, prefer: str) -> None:
    key = await post(ann)
    await ann.get(f"/ecg/{key}/insights", headers={"Prefer": "wait=20"})
    answer = await ann.get(f"/ecg/{key}/insights", headers={"Prefer": prefer})
    assert answer.status_code == 200
    assert answer.headers.get("Preference-Applied") == PREFERENCES[prefer]


class HeldEcgs(Ecgs):
    """Waits for insights until the test allows to go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()

    async def insights(
        self, owner: str, ecg_id: UUID, *, zeros: ZeroRule = "neutral", wait: float = 0
    ) -> FoundInsights:
        self.begun.set()
        await self.go_on.wait()
        return FoundInsights([], [], [])


async def test_who_is_disabled_while_waiting_learns_nothing(
    service: Service, admin: httpx.AsyncClient
) -> None:
    name, held = f"user-{uuid4()}", HeldEcgs()
    await service.services.users.register(name, PASSWORD)
    user = client(create_app(replace(service.services, ecgs=held)), name)
    headers = {"Prefer": "wait=25"}
    asking = asyncio.create_task(user.get(f"/ecg/{UNKNOWN_ID}/insights", headers=headers))
    await held.begun.wait()
    await admin.patch(f"/users/{name}", json={"disabled": True})
    held.go_on.set()
    problem(await asking, 401, "unauthenticated")


async def test_waiting_ends_after_the_time_that_is_allowed(service: Service) -> None:
    """With a cap of no time at all a wait returns at once, and says so."""
    ann = client(create_app(replace(service.services, max_wait=0)), ANN)
    answer: Any = await asyncio.wait_for(
        ann.get(f"/ecg/{await post(ann)}/insights", headers={"Prefer": "wait=25"}), 10
    )
    assert answer.headers["Preference-Applied"] == "wait=0"
