"""Nothing but the recipes installs: uv alone would take versions that nobody has tested."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("command", ["sync", "lock", "run ecg --help"])
@pytest.mark.parametrize("folder", [".", "ecg_core"])
def test_uv_is_refused_with_the_way_to_go(tmp_path: Path, command: str, folder: str) -> None:
    for name in ("pyproject.toml", "ecg_core/pyproject.toml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    ended = subprocess.run(
        ["uv", "--offline", *command.split()],
        cwd=tmp_path / folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "run-just-setup-instead" in ended.stderr
    assert not [*tmp_path.rglob("uv.lock")]
