"""Counts of instructions: what is read of callgrind's dumps, and what fails."""

import json
from pathlib import Path

import pytest
from click import ClickException
from click.testing import CliRunner

from benchmarks.core import callgrind
from benchmarks.core.callgrind import KERNELS
from benchmarks.core.instructions import BASELINE, ISAS, compiler, instructions, worse

DUMP = """\
desc: Trigger: --dump-after=instructions::kernel::pack

positions: line
events: Ir
ob=/bin/program
fl=kernel.rs
fn=instructions::kernel::pack
7 10
cob=/lib/libc.so.6
cfn=memcpy
calls=3 0
8 999
9 20
ob=/lib/libc.so.6
fn=memcpy
1 999
ob=/bin/program
fn=other
4 300
"""


def test_only_what_the_program_does_itself_counts() -> None:
    assert callgrind.instructions(DUMP, "/bin/program") == 330
    assert callgrind.instructions(DUMP, "/lib/libc.so.6") == 999


def test_the_baseline_has_every_kernel() -> None:
    counts = json.loads(BASELINE.read_text())["counts"]
    assert {isa: {*kernels} for isa, kernels in counts.items()} == {isa: {*KERNELS} for isa in ISAS}


def test_three_percent_more_are_too_many() -> None:
    before = {"scalar": {"pack": 1000, "lift": 1000}}
    assert not [*worse(before, {"scalar": {"pack": 1030, "lift": 900}})]
    assert [*worse(before, {"scalar": {"pack": 1031, "lift": 900}})] == ["pack (scalar)"]
    assert [*worse(before, {"avx2": {"pack": 1}})] == ["pack (avx2)"]


def test_the_command_compares_and_renews(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    baseline, taken = tmp_path / "baseline.json", {"pack": 100}

    def count(_program: str, _isa: str) -> dict[str, int]:
        return taken

    monkeypatch.setattr("benchmarks.core.instructions.BASELINE", baseline)
    monkeypatch.setattr("benchmarks.core.instructions.build", lambda: "program")
    monkeypatch.setattr("benchmarks.core.instructions.count", count)
    assert CliRunner().invoke(instructions, ["--update"]).exit_code == 0
    taken = {"pack": 104}
    outcome = CliRunner().invoke(instructions)
    assert outcome.exit_code == 1
    assert "pack (scalar), pack (avx2): over the limit. If that is right" in outcome.output
    baseline.write_text(baseline.read_text().replace(compiler(), "rustc 1.0"))
    outcome = CliRunner().invoke(instructions)
    assert f"The baseline is of rustc 1.0, and this is {compiler()}" in outcome.output


def test_without_valgrind_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ClickException, match="valgrind is not installed"):
        callgrind.count("program", "scalar")
