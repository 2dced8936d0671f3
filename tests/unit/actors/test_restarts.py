import time

import pytest

from ecg_service.actors import RestartLimitExceeded, RestartPolicy
from ecg_service.actors.restarts import RestartBudget


def test_as_many_failures_as_the_intensity_are_allowed() -> None:
    budget = RestartBudget(RestartPolicy(intensity=2, period=60))
    budget.spend()
    budget.spend()
    with pytest.raises(RestartLimitExceeded, match=r"^3 failures within 60 s$"):
        budget.spend()


def test_failures_older_than_the_period_no_longer_count(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    budget = RestartBudget(RestartPolicy(intensity=1, period=5))
    for _ in range(3):
        budget.spend()
        now += 5.1
    now -= 5.1
    with pytest.raises(RestartLimitExceeded, match="2 failures"):
        budget.spend()


def test_the_defaults_are_those_of_a_supervisor_in_erlang() -> None:
    assert RestartPolicy() == RestartPolicy(intensity=3, period=5.0)
