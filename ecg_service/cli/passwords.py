"""Passwords from a file or a terminal, never from the command line, which others can read."""

import sys
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

MAX_BYTES = 4096
"""More than any password may have; what is longer is refused for its length."""


def password_file_option(command: F) -> F:
    """Let a command take a password."""
    option = click.option(
        "--password-file",
        type=click.File("rb"),
        help="A file that holds the password, - for standard input; default: ask for it.",
    )
    return option(command)


def read_password(file: BinaryIO | None, *, confirm: bool) -> str:
    """Read the password from the file, or ask for it on the terminal without showing it."""
    if file is not None:
        return _text(file.read(MAX_BYTES)).removesuffix("\n").removesuffix("\r")
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the password: use --password-file.")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise click.UsageError("The password file is not UTF-8 text.") from error
