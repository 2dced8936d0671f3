"""`just test benchmarks` measures the candidates of the table with pytest-benchmark."""

from collections.abc import Callable

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from benchmarks.core.works import Work, works

CASES = [
    pytest.param(work, candidate.call, id=f"{work.name} - {candidate.name}")
    for work in works()
    for candidate in work.candidates
    if candidate.call
]


@pytest.mark.parametrize(("work", "call"), CASES)
def test_speed(benchmark: BenchmarkFixture, work: Work, call: Callable[[], object]) -> None:
    benchmark.group = work.name
    benchmark(call)
