"""The pages of the documentation, and the blocks of commands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted(
    [*DOCS.glob("*.md"), *ROOT.glob("*.md"), ROOT / "ecg_core" / "README.md"],
    key=lambda page: page.relative_to(ROOT),
)
SHELLS = {"sh", "console"}
ELSEWHERE = {"pip install ./ecg_core": "`just dist` does, in fresh environments"}
"""Why a block is not run, by its beginning, of pages that are shown where comments are not hidden."""
MARKER = re.compile(r"<!-- (not run|file): (.+) -->\s*")


@dataclass(frozen=True)
class Block:
    """A block of a page; `reason` says why it is not run, `file` which file it is the content of."""

    page: Path
    line: int
    language: str
    text: str
    reason: str = ""
    file: str = ""

    @property
    def place(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@cache
def tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text())


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page, each with the comment that stands right before it."""
    marked: dict[str, str] = {}
    for token in tokens(page):
        if token.type == "fence":
            line = (token.map or [0])[0] + 1
            elsewhere = next(
                (ELSEWHERE[one] for one in ELSEWHERE if token.content.startswith(one)), ""
            )
            reason, file = marked.get("not run", elsewhere), marked.get("file", "")
            yield Block(page, line, token.info.strip(), token.content, reason, file)
        found = MARKER.fullmatch(token.content) if token.type == "html_block" else None
        marked = {found[1]: found[2]} if found else {}


def spans(page: Path) -> Iterator[str]:
    """Yield what stands as code within the text."""
    for token in tokens(page):
        for child in token.children or ():
            if child.type == "code_inline":
                yield child.content
