"""Hooks of mkdocs: pages that stand elsewhere in the repository, links to sources, nothing from outside."""

import re
from pathlib import Path, PurePosixPath
from posixpath import normpath, relpath
from typing import Any

ROOT = Path(__file__).parents[1]
INCLUDE = re.compile(r"^<!-- include: (\S+) -->$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)")
FENCED = re.compile(r"(^ *```.*?^ *```)", re.MULTILINE | re.DOTALL)
FOREIGN = re.compile(r"<(?:script|img|iframe|link)\b[^>]*?(?:src|href)=\"?(?:https?:)?//[^>]*>")


def included() -> dict[str, str]:
    """Return which page has a file of the repository, by the path of the file."""
    return {
        normpath(f"docs/{path}"): page.name
        for page in (ROOT / "docs").glob("*.md")
        for path in INCLUDE.findall(page.read_text())
    }


def on_page_markdown(markdown: str, *, page: Any, **_: object) -> str:  # noqa: ANN401 - mkdocs' own
    """Put included files in their places, and let every link lead to a page of the site."""
    source = f"docs/{page.file.src_uri}"
    parts = INCLUDE.split(_linked(markdown, source))
    for at in range(1, len(parts), 2):
        path = normpath(f"docs/{parts[at]}")
        parts[at] = _linked((ROOT / path).read_text(), path)
    return "".join(parts)


def _linked(markdown: str, source: str) -> str:
    """Return the text with its links led to pages, as they are seen from the folder docs/."""
    pages = included()

    def led(found: re.Match[str]) -> str:
        text, target, anchor = found[1], found[2], found[3] or ""
        path = normpath(PurePosixPath(source).parent / target)
        if path.startswith("docs/"):
            return f"[{text}]({relpath(path, 'docs')}{anchor})"
        if path in pages:
            return f"[{text}]({pages[path]}{anchor})"
        if (ROOT / path).exists():  # a source, which is in the repository and not on the site
            return text
        raise ValueError(f"{source}: there is no {path}")

    pieces = FENCED.split(markdown)
    return "".join(one if at % 2 else LINK.sub(led, one) for at, one in enumerate(pieces))


def on_post_page(output: str, *, page: Any, **_: object) -> str:  # noqa: ANN401 - mkdocs' own
    """Refuse what a browser would fetch from another host."""
    if found := FOREIGN.search(output):
        raise ValueError(f"{page.file.src_uri} loads something from outside: {found[0]}")
    return output
