"""The standard streams, which the caller may have closed."""

import os
import sys
from pathlib import Path

_STANDARD_ERROR = 2
_MODES = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_standard_streams() -> None:
    """Put the null device in place of each standard stream that is closed.

    Else files and sockets that are opened later take their numbers: uvloop then ends the process,
    and what is printed below Python is written into a database.
    """
    while (free := os.open(os.devnull, os.O_RDWR)) <= _STANDARD_ERROR:
        pass
    os.close(free)
    for name, mode in _MODES.items():
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - for good
