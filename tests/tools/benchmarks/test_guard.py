"""The guard of the service's speed: requests without sockets, and floors for their ratios."""

from collections.abc import Callable, Sequence

import pytest
from click.testing import CliRunner

from benchmarks.core.measure import ISA
from benchmarks.service import in_process
from benchmarks.service.guard import FLOORS, app
from benchmarks.service.rounds import Found, Measured
from benchmarks.service.rows import HEAD, NOTHING, READY, SINGLE, SMALL, Comparison


def times(*microseconds: float) -> Callable[[Sequence[Comparison], int], Found]:
    """Measure a POST that takes one of these in each run, and an empty handler that takes 1 µs."""
    runs = iter(microseconds)

    def measure(_: Sequence[Comparison], _rounds: int) -> Found:
        taken = ((SINGLE, next(runs)), (NOTHING, 1.0))
        return {(row, SMALL): [Measured(1 / each, each)] for row, each in taken}

    return measure


@pytest.mark.parametrize(("taken", "fails"), [((3, 3, 3), True), ((3, 3, 2), False), ((2,), False)])
def test_a_floor_that_is_missed_in_every_run_fails(
    taken: tuple[float, ...], *, fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.service.guard.FLOORS", {(SINGLE, NOTHING): {SMALL: {ISA: 0.5}}})
    monkeypatch.setattr("benchmarks.service.guard.measure_in_process", times(*taken))
    outcome = CliRunner().invoke(app, ["--check"])
    assert outcome.exit_code == fails
    assert (f"less than it should be: {SINGLE.name}, {SMALL}" in outcome.output) == fails


def test_there_is_a_floor_for_all_instructions() -> None:
    assert all(
        floor.keys() == {"scalar", "avx2", "avx512"}
        for by_size in FLOORS.values()
        for floor in by_size.values()
    )


def test_applications_answer_without_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_process, "SHORTEST", 0)
    pairs = ((SINGLE, NOTHING), (HEAD, READY))
    measured = in_process.measure_in_process(
        [Comparison(*pair, {SMALL: None}) for pair in pairs], 1
    )
    assert {row for row, _ in measured} == {row for pair in pairs for row in pair}
    assert all(one.microseconds > 0 for [one] in measured.values())
