"""The exit codes of commands, and which error ends with which."""

import logging
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, EIO, ENOSPC
from typing import Any, cast

import click

from ecg_service.actors import ActorError
from ecg_service.cli.groups import Group
from ecg_service.cli.streams import open_standard_streams
from ecg_service.domain.errors import (
    BrokerUnavailable,
    EcgError,
    OutcomeUnknown,
    Overloaded,
    StorageUnavailable,
)
from ecg_service.settings import BadSettings

logger = logging.getLogger(__name__)

OK, REFUSED, USAGE, UNAVAILABLE, SOFTWARE, CONFIG = 0, 1, 2, 69, 70, 78

MEANINGS = {
    OK: "done, or stopped by a signal after everything accepted was finished",
    REFUSED: "refused, or not all of it done; standard error says what",
    USAGE: "the command line is wrong",
    UNAVAILABLE: "the database, the broker, the port or the service cannot be had (EX_UNAVAILABLE)",
    SOFTWARE: "the service has failed (EX_SOFTWARE)",
    CONFIG: "a setting is wrong; the message says where it is set (EX_CONFIG)",
}

HANDLED_BY_CLICK = (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError)
"""Exceptions that click turns into an exit code itself."""

UNWRITABLE = {EDQUOT, EFBIG, EIO, ENOSPC}
"""Errors of an output that takes no more; the commands say themselves which file they cannot read."""


class Refused(click.ClickException):
    """The command cannot be done as asked."""

    exit_code = REFUSED


class Unavailable(click.ClickException):
    """Something that the command needs is not available now."""

    exit_code = UNAVAILABLE


class Failed(click.ClickException):
    """The service has a fault."""

    exit_code = SOFTWARE


class Misconfigured(click.ClickException):
    """A setting is wrong."""

    exit_code = CONFIG


ENDINGS: tuple[tuple[type[BaseException], type[click.ClickException]], ...] = (
    (BadSettings, Misconfigured),
    (ActorError, Failed),
    (StorageUnavailable, Unavailable),
    (BrokerUnavailable, Unavailable),
    (Overloaded, Unavailable),
    (OutcomeUnknown, Unavailable),
    (EcgError, Refused),
)
"""Of several errors raised together, the first in this order decides."""


class Commands(Group):
    """A group whose commands may raise the service's errors as they are."""

    def main(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - click's own
        open_standard_streams()
        return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except HANDLED_BY_CLICK:
            raise
        except Exception as error:
            raise ending(error) from error


@contextmanager
def exit_code_of() -> Generator[None]:
    """Let an error of the block end this process, which is none of click's, as it ends a command."""
    try:
        yield
    except Exception as error:
        end = ending(error)
        if not isinstance(end, click.ClickException):
            raise
        end.show()
        sys.exit(end.exit_code)


def ending(error: Exception) -> Exception:
    """Return the exception, with message and exit code, for an error or a group of them."""
    found = list(_leaves(error))
    for leaf in found:
        if isinstance(leaf, HANDLED_BY_CLICK):
            return leaf
    for kind, end in (*ENDINGS, *_unreachable()):
        for leaf in found:
            if isinstance(leaf, kind):
                return end(sentence(leaf))
    for leaf in found:
        if isinstance(leaf, OSError) and leaf.errno in UNWRITABLE:
            return Refused(f"cannot write: {leaf.strerror}")
    logger.critical("unexpected error", exc_info=error)
    return Failed("this is a fault of the service; the log says more")


def _unreachable() -> Iterator[tuple[type[BaseException], type[click.ClickException]]]:
    """Yield the error of a service that does not answer, if this command asks one: httpx is slow to import."""
    if httpx := sys.modules.get("httpx"):
        yield httpx.TransportError, Unavailable


def sentence(error: BaseException) -> str:
    """Return the message of an error, or the first line of its docstring if it has none."""
    kind = type(error)
    return str(error) or (kind.__doc__ or kind.__name__).partition("\n")[0]


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for one in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _leaves(one)
    else:
        yield error
