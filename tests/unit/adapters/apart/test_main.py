"""The process itself, with pipes: what starts it may be gone at any time."""

import os
import subprocess
import sys
from contextlib import suppress

from benchmarks.service.servers.processes import children
from ecg_service.adapters.apart.passwords import COMMAND
from ecg_service.adapters.passwords import NOBODY
from tests.processes import environment, eventually

PARENT = """
import subprocess, sys
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
child.stdin.write(sys.stdin.buffer.readline())
child.stdin.flush()
print(child.stdout.readline(), flush=True)
sys.stdin.read()
"""


def test_it_ends_with_its_input() -> None:
    asked = f'["x", "{NOBODY}"]\n' * 2
    ended = subprocess.run(
        COMMAND, input=asked, env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "false\nfalse\n", "")


def test_it_ends_without_a_word_when_nobody_reads_its_answer() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen(
        COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=environment()
    ) as process:
        assert process.stdout
        process.stdout.close()
        _, error = process.communicate(f'["x", "{NOBODY}"]\n'.encode())
    assert (process.returncode, error) == (0, b"")


def test_it_ends_with_a_parent_that_is_killed() -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", PARENT, *COMMAND]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment()) as parent:
        assert parent.stdin
        assert parent.stdout
        parent.stdin.write(f'["x", "{NOBODY}"]\n'.encode())
        parent.stdin.flush()
        assert parent.stdout.readline() == b"b'false\\n'\n"
        [child] = children(parent.pid)
        parent.kill()
    eventually(lambda: not is_there(child))


def is_there(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False
