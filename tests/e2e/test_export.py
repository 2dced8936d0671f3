"""`ecg export` from a real server: what is written, and that it is all or nothing."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from tests.e2e.test_cli import PASSWORD, Shell, started, with_id


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def export(
    shell: Shell, url: str, folder: str, *options: str, name: str = "bob"
) -> tuple[int, str]:
    env = {"ECG_USERNAME": name, "ECG_PASSWORD": PASSWORD}
    ended = shell.ecg("export", folder, "--url", url, *options, **env)
    return ended.code, ended.stdout + ended.stderr


def test_all_of_a_user_is_exported_and_nothing_of_others(shell: Shell) -> None:
    for name in ("bob", "cid"):
        shell.add_user(name)
    files = [shell.write(f"{number}.json", with_id(f"{number}")) for number in range(3)]
    with started(shell.folder) as (_, url):
        assert shell.send(url, *files).code == 0
        assert shell.send(url, files[0], ECG_USERNAME="cid").code == 0
        assert export(shell, url, "out") == (0, "out: exported 3 ECGs of bob\n")
        assert export(shell, url, "packed", "--format", "msgpack")[0] == 0
        assert export(shell, url, "out") == (1, "Error: out exists already\n")
        shell.add_user("root", "--admin")
        assert export(shell, url, "other", name="root") == (
            1,
            "Error: an admin can export no ECGs\n",
        )
        assert export(shell, url, "other", name="nobody")[0] == 1
    out = shell.folder / "out"
    manifest = json.loads((out / "manifest.json").read_bytes())
    assert (manifest["user"], manifest["num_ecgs"], manifest["damaged"]) == ("bob", 3, [])
    assert len(manifest["files"]) == 6
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=out, check=True)
    ecgs = [json.loads(file.read_bytes()) for file in sorted((out / "ecgs").iterdir())]
    assert {ecg["id"] for ecg in ecgs} == {"0", "1", "2"}
    assert ecgs[0]["leads"][0]["signal"] == [1, -1, 2, 0, -3]
    insights = json.loads(next((out / "insights").iterdir()).read_bytes())
    assert insights["leads"][0]["zero_crossings"] == 3
    packed = [
        msgspec.msgpack.decode(f.read_bytes()) for f in (shell.folder / "packed/ecgs").iterdir()
    ]
    assert {ecg["id"] for ecg in packed} == {"0", "1", "2"}
    assert not [*shell.folder.glob("*.part"), *shell.folder.glob("other*")]
