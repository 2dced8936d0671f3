"""The core's wheel needs nothing, not even NumPy, and gives arrays where NumPy is."""

import fcntl
import os
import subprocess
import sys
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
DIST = Path(os.environ["DIST"]).resolve() if "DIST" in os.environ else None
"""Where `just dist` has built what is to be tried."""
WITHOUT_NUMPY = """
import sys
from array import array
import ecg_core
samples = array("h", [3, 0, -2, 5])
assert ecg_core.count_zero_crossings(samples) == 2
assert ecg_core.unpack(ecg_core.pack([samples]))[0].to_list() == [3, 0, -2, 5]
try:
    ecg_core.zero_crossings(samples)
except ImportError as error:
    assert "ecg-core[numpy]" in str(error)
else:
    raise SystemExit("arrays without NumPy")
assert "numpy" not in sys.modules
print(ecg_core.__file__)
"""
WITH_NUMPY = """
import ecg_core
signal = ecg_core.Signal([3, 0, -2, 5])
assert ecg_core.zero_crossings(signal).tolist() == [2, 3]
assert ecg_core.zero_crossing_rate(signal).shape == (1, 1)
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the core's wheel: that of the folder `DIST`, or a new one."""
    if DIST:
        [given] = DIST.glob("ecg_core-*.whl")
        return given
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "maturin", "build", "--release", "--quiet", "--locked"]
    core = ["--manifest-path", str(ROOT / "ecg_core" / "Cargo.toml"), "--out", str(folder)]
    # Two builds at once, of two processes of pytest, would write the same library.
    (ROOT / "target").mkdir(exist_ok=True)
    with (ROOT / "target" / "wheel.lock").open("w") as locked:
        fcntl.flock(locked, fcntl.LOCK_EX)
        subprocess.run([*build, *core], check=True)
    (built,) = folder.iterdir()
    return built


@pytest.fixture
def packages(tmp_path: Path, wheel: Path) -> Path:
    """Return the site-packages of an environment that has nothing but the wheel."""
    venv.create(tmp_path / "venv", symlinks=True)
    (found,) = (tmp_path / "venv").glob("lib/python*/site-packages")
    with ZipFile(wheel) as archive:
        archive.extractall(found)
    return found


def run(packages: Path, program: str) -> str:
    python = packages.parents[2] / "bin" / "python"
    command = [python, "-I", "-W", "error", "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def test_every_python_from_3_11_on_takes_the_wheel(wheel: Path) -> None:
    assert "-cp311-abi3-" in wheel.name


def test_only_the_extra_needs_something(packages: Path) -> None:
    (path,) = packages.glob("ecg_core-*.dist-info/METADATA")
    metadata = Parser().parsestr(path.read_text())
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata.get_all("Requires-Dist") == ["numpy>=1.26 ; extra == 'numpy'"]


def test_the_wheel_counts_without_numpy(packages: Path) -> None:
    assert Path(run(packages, WITHOUT_NUMPY)).is_relative_to(packages)


def test_with_numpy_it_gives_arrays(packages: Path) -> None:
    home = Path(np.__file__).parents[1]
    for needed in home.glob("numpy*"):  # the package and the libraries that its wheel brings
        (packages / needed.name).symlink_to(needed)
    run(packages, WITH_NUMPY)
