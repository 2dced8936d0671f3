"""What `ecg-core` takes: several files, whatever they are called, and arrays that are signals themselves."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.core.command.test_command_line import COMMAND, run


@pytest.mark.parametrize(
    ("document", "line"),
    [
        (b"\n [3, 0, -2, 5]", "0: 4 samples, min -2, max 5, 2 zero crossings\n"),
        (b"[]", "0: 0 samples, 0 zero crossings\n"),
        (b'[{"signal": [1]}]', "0: 1 samples, min 1, max 1, 0 zero crossings\n"),
    ],
)
def test_an_array_is_a_signal(document: bytes, line: str) -> None:
    assert run("-", stdin=document) == (0, line, "")


def test_each_file_is_counted_by_itself(tmp_path: Path) -> None:
    first, last = tmp_path / "first\033.json", tmp_path / "last.json"
    first.write_bytes(b'{"signal": [1, -1]}')
    last.write_bytes(b"[7]")
    lines = [
        rf"{tmp_path}/first\x1b.json: 0: 2 samples, min -1, max 1, 1 zero crossings",
        f"{last}: 0: 1 samples, min 7, max 7, 0 zero crossings",
    ]
    assert run(first, last) == (0, "\n".join(lines) + "\n", "")
    code, out, err = run("--json", first, "none.json", last)
    assert (code, err) == (1, "ecg-core: none.json: No such file or directory\n")
    assert [json.loads(line)["file"] for line in out.splitlines()] == [str(first), str(last)]


def test_the_name_of_a_file_is_never_too_strange(tmp_path: Path) -> None:
    file = os.fsencode(tmp_path) + b"/\xff\xc3\xbc"
    Path(os.fsdecode(file)).write_bytes(b"[1]")
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [*COMMAND, file, b"-"]
    ended = subprocess.run(command, input=b"[1]", capture_output=True, env=environment, check=False)
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert ended.stdout.startswith(os.fsencode(tmp_path) + rb"/\udcff\xfc: 0: 1 samples")
