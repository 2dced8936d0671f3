"""`ecg-core`: what it prints, how it ends, and that nothing gives a traceback."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

DOCUMENT = b'{"leads": [{"signal": [3, 0, -2, 5]}, {"signal": []}]}'
README = Path(__file__).parents[3] / "ecg_core" / "README.md"
COMMAND = [sys.executable, "-m", "ecg_core"]
Outcome = tuple[int, str, str]


def run(*arguments: Any, stdin: bytes = b"") -> Outcome:
    """Return exit code, standard output and standard error."""
    ended = subprocess.run([*COMMAND, *arguments], input=stdin, capture_output=True, check=False)
    return ended.returncode, ended.stdout.decode(), ended.stderr.decode()


def test_a_file_is_counted(tmp_path: Path) -> None:
    file = tmp_path / "ecg.json"
    file.write_bytes(DOCUMENT)
    lines = "0: 4 samples, min -2, max 5, 2 zero crossings\n1: 0 samples, 0 zero crossings\n"
    assert run(file) == (0, lines, "")


def test_standard_input_is_counted_as_json() -> None:
    code, out, err = run("--json", "-", stdin=DOCUMENT)
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == [
        {"file": "-", "index": 0, "samples": 4, "min": -2, "max": 5, "zero_crossings": 2},
        {"file": "-", "index": 1, "samples": 0, "min": None, "max": None, "zero_crossings": 0},
    ]


@pytest.mark.parametrize(
    ("options", "count"),
    [
        ([], 2),
        (["--zeros", "distinct"], 3),
        (["--zeros", "strict"], 1),
        (["--baseline", "4"], 1),
        (["--baseline=-2147483648"], 0),
        (["--baseline", "-1.5"], 2),
        (["--zeros", "distinct", "--baseline", "2.5"], 2),
    ],
)
def test_options(options: list[str], count: int) -> None:
    code, out, _ = run("-", "--key", "ü", *options, stdin='{"ü": [3, 0, -2, 5]}'.encode())
    assert (code, out) == (0, f"0: 4 samples, min -2, max 5, {count} zero crossings\n")


@pytest.mark.parametrize(
    ("missing", "line"),
    [
        ("-2", "0: 4 samples, min 0, max 5, 0 zero crossings\n"),
        ("7", "0: 4 samples, min -2, max 5, 2 zero crossings\n"),
    ],
)
def test_missing_samples_are_left_out(missing: str, line: str) -> None:
    assert run("-", "--missing", missing, stdin=b'{"signal": [3, 0, -2, 5]}') == (0, line, "")
    code, out, _ = run("-", "--missing", "-2", "--json", stdin=b'{"signal": [-2, -2]}')
    wanted = {"file": "-", "index": 0, "samples": 2, "min": None, "max": None, "zero_crossings": 0}
    assert (code, json.loads(out)) == (0, wanted)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (b"", "expected a value at byte 0 (syntax)"),
        (b'{"signal": [1, 2', "(syntax)"),
        (b'{"a": {"signal": [1, 2.5]}}', 'byte 21, pointer "/a/signal/1" (not_an_integer)'),
        (b'{"signal": [99999999999]}', 'byte 12, pointer "/signal/0" (out_of_range)'),
        (b'{"signal": 1}', 'pointer "/signal" (not_an_array)'),
        (b'{"signal": [], "signal": []}', "(duplicate_key)"),
        (b'"\xff"', "(encoding)"),
        (b"[" * 100_000, "(depth)"),
        (b"{}", 'no signal: nothing is at a key "signal"\n'),
        (b'"[1]"', 'no signal: nothing is at a key "signal"\n'),
        (b"[1, 2.5]", 'at a key "signal", and as one signal: expected'),
        (b" [[1]]", 'pointer "/0" (not_an_integer)'),
    ],
)
def test_what_is_wrong_is_named(document: bytes, reason: str) -> None:
    code, out, err = run("-", stdin=document)
    assert (code, out) == (1, "")
    assert err.startswith("ecg-core: -: ")
    assert reason in err
    assert err.count("\n") == 1


def test_a_document_cannot_command_the_terminal() -> None:
    document = '{"\\u001b[2J\u202e\u009b": {"signal": [x]}}'.encode()
    code, _, err = run("-", stdin=document)
    assert code == 1
    assert err.rstrip("\n").isprintable()
    assert r'"/\u{1b}[2J\u{202e}\u{9b}/signal/0"' in err


@pytest.mark.parametrize(
    ("name", "reason"), [("none.json", "No such file or directory"), (".", "Is a directory")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str, reason: str) -> None:
    file = tmp_path / name
    assert run(file) == (1, "", f"ecg-core: {file}: {reason}\n")


def test_a_document_that_is_too_large(tmp_path: Path) -> None:
    file = tmp_path / "large.json"
    with file.open("wb") as sparse:
        sparse.truncate(256 * 2**20 + 1)
    assert run(file) == (1, "", f"ecg-core: {file}: more than 256 MiB\n")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ([], "required: FILE"),
        (["-", "--what"], "unrecognized arguments: --what"),
        (["-", "--zeros", "sometimes"], "invalid choice: 'sometimes'"),
        (["-", "--missing", "0.5"], "invalid 32-bit integer value: '0.5'"),
        (["-", "--missing", "2147483648"], "invalid 32-bit integer value"),
        *(
            (["-", "--baseline", text], f"invalid 32-bit number value: '{text}'")
            for text in ("2147483648", "1e300", "nan", "inf", "some")
        ),
        (["-", "--key", b"\xff"], "invalid UTF-8 value"),
    ],
)
def test_a_wrong_command_line(arguments: list[Any], reason: str) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert reason in err
    assert "Traceback" not in err


def test_help_names_the_exit_codes() -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "exit codes:" in out


@pytest.mark.skipif(sys.platform != "linux", reason="needs ulimit -v")
def test_a_document_without_memory() -> None:
    command = ["sh", "-c", 'ulimit -v 131072; exec "$@"', "sh", *COMMAND, "-"]
    ended = subprocess.run(command, input=DOCUMENT, capture_output=True, check=False)
    reason = b"ecg-core: -: not enough memory\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, b"", reason)


def test_lines_without_memory() -> None:
    script = """
import ecg_core.__main__ as command

def lines(*_):
    yield "a line"
    raise MemoryError

command._lines = lines
command.main(["-"])
"""
    ended = subprocess.run(
        [sys.executable, "-c", script], input=DOCUMENT, capture_output=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr == b"ecg-core: standard output: not enough memory\n"


def test_the_readme_shows_what_is_printed(tmp_path: Path) -> None:
    [console] = re.findall(r"```console\n(.*?)```", README.read_text(), re.DOTALL)
    script = "\n".join(re.findall(r"^\$ (.*)", console, re.MULTILINE))
    script = script.replace("ecg-core", f"{shlex.quote(sys.executable)} -m ecg_core")
    ended = subprocess.run(
        script, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ended.stdout == re.sub(r"\$ .*\n", "", console)
