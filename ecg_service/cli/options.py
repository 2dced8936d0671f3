"""Options that several commands share: settings, the database, a password."""

import sys
from collections.abc import Callable
from typing import Any, BinaryIO, TypeVar

import click

from ecg_service.bootstrap import admin, edge, issuers, quotas, stores, tasks
from ecg_service.bootstrap.backends import refuse_plain_backends
from ecg_service.bootstrap.metrics import token
from ecg_service.bootstrap.stores import URL_FORMS, persistent_database
from ecg_service.domain.errors import StorageUnavailable
from ecg_service.ports.store import Database
from ecg_service.settings import MAX_PORT, Loaded, Settings, load_with_places, text_of

F = TypeVar("F", bound=Callable[..., Any])

DEFAULTS = Settings()
PORT = click.IntRange(0, MAX_PORT)

MAX_PASSWORD_BYTES = 4096
"""More than any password may have, so that a longer one is still refused for its length."""


def database_option(command: F) -> F:
    """Add the option `--database-url` to a command."""
    option = click.option(
        "--database-url",
        metavar="URL",
        help=f"{URL_FORMS}; default: ECG_DATABASE_URL, or {DEFAULTS.store.database_url}.",
    )
    return option(command)


def configured(**options: str | int | None) -> Settings:
    """Load the settings, options above all other sources; raises `BadSettings`, also for servers behind that anybody can listen to."""
    settings = configured_with_places(**options).settings
    refuse_plain_backends(settings)
    return settings


def configured_with_places(**options: str | int | None) -> Loaded:
    """Load what `configured` does, with the places of what was given; raises `BadSettings`."""
    given = {name: value for name, value in options.items() if value is not None}
    return load_with_places(
        given,
        rules={
            **stores.RULES,
            **tasks.RULES,
            **admin.RULES,
            **issuers.RULES,
            **edge.RULES,
            **quotas.RULES,
            **token.RULES,
        },
    )


def existing_database(settings: Settings) -> Database:
    """Return the database, which must exist: a mistyped URL must not create one."""
    database = persistent_database(settings)
    if not database.exists():
        raise StorageUnavailable(f"there is no database {database}")
    return database


def password_file_option(command: F) -> F:
    """Add the option `--password-file` to a command."""
    option = click.option(
        "--password-file",
        type=click.File("rb"),
        help="A file that holds the password, - for standard input; default: ask for it.",
    )
    return option(command)


def read_password(file: BinaryIO | None, *, confirm: bool) -> str:
    """Read the password from the file, or prompt for it without showing it."""
    if file is not None:
        return _password_in(file.read(MAX_PASSWORD_BYTES))
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the password: use --password-file.")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=confirm, err=True)
    return answer


def _password_in(content: bytes) -> str:
    try:
        return text_of(content)
    except UnicodeDecodeError as error:
        raise click.UsageError("The password file is not UTF-8 text.") from error
