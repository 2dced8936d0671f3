"""What the text names is there: commands, their options, and recipes."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ecg_service.cli.main import main
from tests.docs.blocks import PAGES, ROOT, spans

RECIPES = set(
    re.findall(r"^([a-z][\w-]*)[^:\n]*:(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE)
)
PLACEHOLDER = re.compile(r"[A-Z_]+|…|.*/.*|.*\..*")


def wrong(code: str) -> Iterator[str]:
    """Yield what is wrong with a command of ours, as it is named in a text."""
    words = shlex.split(code, comments=True)
    if words[0] == "just":
        yield from (word for word in words[1:2] if word not in RECIPES and not word.isupper())
        return
    command: click.Command = main
    # With its settings: click keeps the option for help that it makes for the first context.
    context = click.Context(command, **main.context_settings)
    for word in words[1:]:
        if word.startswith("-"):
            options = {name for one in command.get_params(context) for name in one.opts}
            if word not in options:
                yield f"{command.name} has no option {word}"
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            if found is None:
                yield f"{command.name} has no command {word}"
                return
            command = found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_text_exist(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return  # it tells what was
    named = [code for code in spans(page) if re.match(r"(ecg|just) [a-z-]", code)]
    assert not [f"`{code}`: {one}" for code in named for one in wrong(code)]
