"""The page about the commands: their options, how they end, and which error ends them how."""

from collections.abc import Iterator

import click

from ecg_service.api.problems.kinds import OF_ERRORS
from ecg_service.api.problems.pages import texts
from ecg_service.cli.exits import ENDINGS, MEANINGS
from ecg_service.cli.main import main
from ecg_service.domain import errors
from ecg_service.domain.errors import EcgError

WIDTH = 110
_BEFORE = """\
# Command line

Made by `just generate`. [Commands](#commands) with their options stand below.

## How commands end

The message of an error stands on standard error and says what was found; the exit code says what kind it is. Scripts
may repeat after 69, and should not after 1, 2 and 78.

| exit code | |
|---|---|
"""
_ERRORS = """
## Errors

The message is the one here, or a more exact one with the place: a file, a setting, a row.

| error | exit code | message | what to do |
|---|---|---|---|
"""
_FIXES: dict[type[EcgError], str] = {
    errors.BrokerUnavailable: "See that RabbitMQ runs, and that `broker_url` has its user, password and virtual host.",
    errors.Conflict: "See what is stored already, and ask for something else.",
    errors.Damaged: "`ecg db check` lists all that is damaged; restore it from a backup.",
}
"""Of errors that are no problem of HTTP."""


def reference() -> str:
    """Return the page."""
    codes = (f"| {code} | {meaning} |\n" for code, meaning in MEANINGS.items())
    errors_of_ours = "".join(map(_row, _classes(EcgError)))
    commands = "".join(_helped(main, click.Context(main, info_name="ecg", **main.context_settings)))
    return _BEFORE + "".join(codes) + _ERRORS + errors_of_ours + "\n## Commands\n" + commands


def _helped(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the help of a command, as wide as a page, or of each command of a group."""
    if not isinstance(command, click.Group):
        context.max_content_width = context.terminal_width = WIDTH
        yield f"\n### {context.command_path}\n```text\n{command.get_help(context)}\n```\n"
        return
    for name in command.list_commands(context):
        if found := command.get_command(context, name):
            yield from _helped(found, click.Context(found, context, name))


def _classes(root: type[EcgError]) -> Iterator[type[EcgError]]:
    for one in root.__subclasses__():
        if one.__module__ == errors.__name__:
            yield one
            yield from _classes(one)


def _row(error: type[EcgError]) -> str:
    code = next(end.exit_code for kind, end in ENDINGS if issubclass(error, kind))
    message = (error.__doc__ or "").partition("\n")[0]
    return f"| {error.__name__} | {code} | {message} | {_fix(error)} |\n"


def _fix(error: type[EcgError]) -> str:
    for base in error.__mro__:
        if base in OF_ERRORS:
            slug = OF_ERRORS[base].slug
            return f"[{slug}](problems.md#{slug}): {texts()[slug]['fix']}"
        if base in _FIXES:
            return _FIXES[base]
    raise LookupError(f"{error.__name__} has no entry in _FIXES")
