"""The table of the service: what is compared, what a goal holds, and what is only measured if asked."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.service.command import service
from benchmarks.service.rounds import Found, Measured
from benchmarks.service.rows import COMPARISONS, Comparison
from benchmarks.service.servers import peers
from benchmarks.service.servers.stores import HOUR
from benchmarks.service.table import Line, lines
from benchmarks.workloads import SIZES


def line(mine: list[Measured], others: list[Measured], goal: float | None = None) -> Line:
    return Line("12 x 500", "POST", "empty handler", goal, mine, others)


def test_a_ratio_is_the_median_of_pairs() -> None:
    """Both sides of the second pair were slowed."""
    found = line(
        [Measured(50, 20), Measured(5, 200), Measured(49, 20)],
        [Measured(100, 10), Measured(10, 100), Measured(100, 10)],
    )
    assert (found.ratio, found.by_processor) == (0.5, 0.5)


@pytest.mark.parametrize(("goal", "misses"), [(None, False), (2, False), (2.1, True)])
def test_a_goal_is_missed_below_it(goal: float | None, *, misses: bool) -> None:
    assert line([Measured(20, 1)], [Measured(10, 1)], goal).misses is misses


def test_every_comparison_has_a_line_for_each_of_its_sizes() -> None:
    found: Found = {
        (row, size): [Measured(1, 1)]
        for c in COMPARISONS
        for size in c.goals
        for row in (c.row, c.beside)
    }
    shown = [*lines(COMPARISONS, found)]
    assert len(shown) == sum(len(c.goals) for c in COMPARISONS)
    assert [*dict.fromkeys(one.size for one in shown)] == [*SIZES, HOUR]


def test_requests_have_what_their_headers_say() -> None:
    for c in COMPARISONS:
        for size in c.goals:
            request = c.row.request(size, "an-id")
            assert ("an-id" in request.path) == (request.body is None)
            assert ("Content-Type" in request.headers) == (request.body is not None)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Comparison]:
    """Measure nothing: what would be compared is here after the command, and each ratio is 0.5."""
    chosen: list[Comparison] = []

    def measure(comparisons: list[Comparison], *_: Any) -> Found:
        chosen.extend(comparisons)
        rates = [(c.row, 1.0) for c in chosen] + [(c.beside, 2.0) for c in chosen]
        return {(row, size): [Measured(rate, 1)] for row, rate in rates for size in (*SIZES, HOUR)}

    monkeypatch.setattr("benchmarks.service.command.measure", measure)
    monkeypatch.setattr("benchmarks.service.command.require_wrk", lambda: None)
    return chosen


def test_peers_are_built_only_if_asked(
    measured: list[Comparison], monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    monkeypatch.setattr(peers, "build", lambda: built.append("both"))
    assert CliRunner().invoke(service).exit_code == 0
    assert (built, any(c.beside.host.is_peer for c in measured)) == ([], False)
    assert CliRunner().invoke(service, ["--peers"]).exit_code == 0
    assert (built, any(c.beside.host.is_peer for c in measured)) == (["both"], True)


def test_a_goal_that_is_missed_fails_if_asked(measured: list[Comparison], tmp_path: Path) -> None:
    file = tmp_path / "lines.json"
    options = ["--only", "batches", "--json", str(file)]
    assert CliRunner().invoke(service, options).exit_code == 0
    assert '"ratio"' not in file.read_text()
    assert all("batches" in c.row.name for c in measured)
    outcome = CliRunner().invoke(service, [*options, "--check"])
    assert outcome.exit_code == 1
    assert "a goal is missed" in outcome.output
