"""`ecg-core` whose streams are closed, full or no longer read."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.core.command.test_command_line import COMMAND, DOCUMENT


def test_a_reader_that_has_gone_is_no_news() -> None:
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [*COMMAND, "-"], input=DOCUMENT, stdout=write, stderr=subprocess.PIPE, check=False
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("argument", ["-", "--help", "--version"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_cannot_be_written(argument: str, unbuffered: str) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*COMMAND, argument],
            input=DOCUMENT,
            stdout=full,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    reason = b"ecg-core: standard output: No space left on device\n"
    assert (ended.returncode, ended.stderr) == (1, reason)


@pytest.mark.parametrize(
    ("command", "code", "lines"),
    [
        ("- >&-", 1, 1),
        ("--json - >&-", 1, 1),
        ("--help >&-", 1, 1),
        ("--version >&-", 1, 1),
        ("--what - >&-", 2, None),
        ("none.json - >&-", 1, 2),
        ("- <&-", 1, 1),
        ("- >&- 2>&-", 1, 0),
        ("none.json 2>&-", 1, 0),
        ("none.json 2>/dev/full", 1, 0),
    ],
)
def test_streams_may_be_closed(tmp_path: Path, command: str, code: int, lines: int | None) -> None:
    script = f"{shlex.join(COMMAND)} {command}"
    ended = subprocess.run(
        script, shell=True, input=DOCUMENT, cwd=tmp_path, capture_output=True, check=False
    )
    assert (ended.returncode, ended.stdout) == (code, b"")
    assert lines in (None, len(ended.stderr.splitlines()))
    assert b"Traceback" not in ended.stderr
