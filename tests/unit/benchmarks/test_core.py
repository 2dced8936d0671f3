"""The benchmark of the core: what it compares must give the same, and what it says must be right."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from benchmarks.core import COUNT, FLOORS, ISA, PACK, READ, UNPACK, WRITE, Work, core, works
from ecg_core import unpack

WORKS = {work.name: work for work in works()}


def results(work: Work) -> dict[str, object]:
    return {candidate.name: candidate.call() for candidate in work.candidates if candidate.call}


def test_counts_are_those_of_numpy() -> None:
    for dtype in ("int16", "int32", "float64"):
        found = results(WORKS[COUNT.format(dtype)])
        assert found["NumPy signbit"] == found["NumPy x < 0"]
        assert found["ecg_core"] != 0


def test_readers_and_writers_agree() -> None:
    read, written = results(WORKS[READ]), results(WORKS[WRITE])
    assert written["ecg_core"] == written["msgspec"]
    texts = [bytes(text) for text in written["ecg_core"]]  # type: ignore[attr-defined]
    signals = [lead["signal"] for lead in read["json"]["leads"]]  # type: ignore[index]
    assert [json.loads(text) for text in texts] == signals


def test_what_is_packed_is_unpacked() -> None:
    unpacked = results(WORKS[UNPACK])
    samples = np.concatenate([np.asarray(s) for s in unpacked.pop("ecg_core")])  # type: ignore[attr-defined]
    assert all(np.array_equal(samples, found) for found in unpacked.values())  # type: ignore[arg-type]
    assert [len(signal) for signal in unpack(results(WORKS[PACK])["ecg_core"])] == [5_000] * 12  # type: ignore[arg-type]


def test_floors_are_for_peers_that_are_always_there() -> None:
    for work, (peer, floors) in FLOORS.items():
        assert floors.keys() == {"scalar", "avx2", "avx512"}
        assert all(c.call for c in WORKS[work].candidates if c.name == peer)
        assert peer in {c.name for c in WORKS[work].candidates}


def test_the_rows_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.core.works", lambda: [WORKS[COUNT.format("int16")]])
    file = tmp_path / "rows.json"
    outcome = CliRunner().invoke(core, ["--rounds", "1", "--json", str(file)])
    assert outcome.exit_code == 0
    assert f"ecg_core with {ISA}" in outcome.output
    rows = json.loads(file.read_text())
    assert [row["candidate"] for row in rows] == ["ecg_core", "NumPy signbit", "NumPy x < 0"]
    assert rows[0]["ratio"] == 1


def test_a_floor_that_is_missed_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    name = COUNT.format("int16")
    monkeypatch.setattr("benchmarks.core.works", lambda: [WORKS[name]])
    monkeypatch.setitem(FLOORS, name, ("NumPy signbit", {ISA: 1e9}))
    outcome = CliRunner().invoke(core, ["--rounds", "1", "--check"])
    assert outcome.exit_code == 1
    assert f"less ahead than it should be: {name}" in outcome.output
