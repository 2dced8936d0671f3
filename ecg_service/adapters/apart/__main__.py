"""The process of `PasswordsApart`: for each line of standard input with a password and a hash it says whether they match.

It ends when its input does, as it does when whoever writes there is killed. A terminal and systemd send
their signals to all processes; whoever writes may still need this one, to answer what has begun.
"""

import os
import signal
import sys
from contextlib import suppress

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # before imports, which take longest
    signal.signal(number, signal.SIG_IGN)

import msgspec  # noqa: E402
from pwdlib.hashers.argon2 import Argon2Hasher  # noqa: E402


def main() -> None:
    """Answer each line before the next one is read; no password is kept until it comes."""
    with suppress(BrokenPipeError):  # whoever asked was killed meanwhile
        for answer in map(_answer, sys.stdin.buffer):
            os.write(sys.stdout.fileno(), answer)


def _answer(line: bytes) -> bytes:
    password, password_hash = msgspec.json.decode(line, type=tuple[str, str])
    return msgspec.json.encode(Argon2Hasher().verify(password, password_hash)) + b"\n"


if __name__ == "__main__":
    main()
