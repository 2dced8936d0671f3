"""Processes write one after the other."""

import threading
from pathlib import Path
from typing import Protocol

import pytest

from ecg_service.adapters.sqlite.engine.files.turns import in_turn
from ecg_service.domain.errors import StorageUnavailable

HOLD = """
import os, sys
from pathlib import Path
from ecg_service.adapters.sqlite.engine.files.turns import in_turn

with in_turn(Path(sys.argv[1])) as turn, turn(1):
    os.kill(os.getpid(), 9)
"""


class Script(Protocol):
    def __call__(self, source: str, *arguments: object) -> object: ...


def test_a_turn_is_waited_for_no_longer_than_told(path: Path) -> None:
    too_long = pytest.raises(StorageUnavailable, match="other workers write for too long")
    with in_turn(path) as one, in_turn(path) as other, one(0), too_long, other(0):
        pass


def test_turns_are_taken_one_after_the_other(path: Path) -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def write() -> None:
        nonlocal inside, most
        with in_turn(path) as turn:
            for _ in range(50):
                with turn(60):
                    with lock:
                        inside += 1
                        most = max(most, inside)
                    with lock:
                        inside -= 1

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_process_that_is_killed_gives_up_its_turn(path: Path, script: Script) -> None:
    script(HOLD, path)
    with in_turn(path) as turn, turn(0):
        pass


def test_a_turn_ends_with_an_error(path: Path) -> None:
    with in_turn(path) as turn:
        with pytest.raises(ZeroDivisionError), turn(0):
            raise ZeroDivisionError
        with turn(0):
            pass
