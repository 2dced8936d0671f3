"""The command that shows how fast the core is, and fails where it is not."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.core.command import core
from benchmarks.core.floors import FLOORS, LIMITS, missed
from benchmarks.core.measure import ISA, Row, Timing, rows
from benchmarks.core.works import COUNT, PACK, works

WORKS = {work.name: work for work in works()}
NAME, PEER = COUNT.format("int16"), "NumPy signbit"


def no_timings(_rounds: int) -> list[Timing]:
    return []


@pytest.fixture(autouse=True)
def one_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only this is measured, and no floor is held."""
    monkeypatch.setattr("benchmarks.core.command.works", lambda: [WORKS[NAME]])
    monkeypatch.setattr("benchmarks.core.native.measure", no_timings)
    for key in list(FLOORS):
        monkeypatch.delitem(FLOORS, key)


def test_the_rows_are_written(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    outcome = CliRunner().invoke(core, ["--rounds", "1", "--check", "--json", str(file)])
    assert outcome.exit_code == 0
    assert f"ecg_core with {ISA}" in outcome.output
    written = json.loads(file.read_text())
    assert [row["candidate"] for row in written] == ["ecg_core", PEER, "NumPy x < 0"]
    assert written[0]["ratio"] == 1


def test_a_floor_that_is_missed_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOORS, (NAME, PEER), {ISA: 1e9})
    outcome = CliRunner().invoke(core, ["--rounds", "1", "--check"])
    assert outcome.exit_code == 1
    assert f"less than it should be: {NAME} beside {PEER}: " in outcome.output
    assert f", not {1e9}" in outcome.output


def test_one_good_try_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = iter([{"slow": "1, not 2", "slower": "0, not 2"}, {"slow": "1, not 2"}, {}])

    def next_missed(_rows: list[Row]) -> dict[str, str]:
        return next(tries)

    monkeypatch.setattr("benchmarks.core.command.missed", next_missed)
    assert CliRunner().invoke(core, ["--rounds", "1", "--check"]).exit_code == 0


def test_a_floor_is_held_by_speed_and_by_presence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FLOORS, ("read", "peer"), {ISA: 2.0})
    ours = Timing("read", "ecg_core", 200, None, [1.0, 3.0])
    beside = "read beside peer"
    assert not missed(rows([ours, Timing("read", "peer", 100, None, [1.0])]))
    slow = missed(rows([ours, Timing("read", "peer", 110, None, [1.0])]))
    assert slow == {beside: "1.82, not 2.0"}
    assert missed(rows([ours, Timing("read", "peer", 100, None, [])])) == {beside: "0.00, not 2.0"}
    assert missed(rows([ours])) == {beside: "0.00, not 2.0"}


def test_bits_have_a_limit() -> None:
    for work, most in LIMITS.items():
        assert work in WORKS
        assert not missed(rows([Timing(work, "ecg_core", 1, most, [1.0])]))
        [large] = missed(rows([Timing(work, "ecg_core", 1, most + 0.01, [1.0])]))
        assert large == f"bits of {work}"
    assert PACK.format("MIT-BIH") in LIMITS
