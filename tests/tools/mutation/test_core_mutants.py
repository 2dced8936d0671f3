"""What `just mutants core` changes."""

from pathlib import Path
from runpy import run_path

SOURCE = Path("ecg_core/src")
MUTANTS = run_path("ecg_core/mutation/mutants.py")
KERNELS = ("portable.rs", "avx2.rs", "avx512.rs")
CALLERS = "compiled for it"
"""What the first line says of those that have no instruction and no constant of their own."""


def test_every_kernel_of_this_machine_is_changed() -> None:
    kernels = {file for name in KERNELS for file in SOURCE.rglob(name)}
    callers = {file for file in kernels if CALLERS in file.read_text().partition("\n")[0]}
    changed = {SOURCE / mutant.file for mutant in MUTANTS["mutants"](SOURCE)}
    assert len(kernels) > len(callers) > 0
    assert kernels - changed == callers


def test_tests_stay_as_they_are() -> None:
    assert not [mutant for mutant in MUTANTS["mutants"](SOURCE) if mutant.file.endswith("tests.rs")]
