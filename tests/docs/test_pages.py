"""Every page of docs/ is reached from the navigation of the site, and every link leads somewhere."""

import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.docs.blocks import DOCS, PAGES, ROOT, tokens

NAVIGATION = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]


def slug(title: str) -> str:
    """Return the anchor of a heading, as GitHub and the site make it."""
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)|[`*]", r"\1", title)
    return re.sub(r"[^\w\- ]", "", plain.lower()).strip().replace(" ", "-")


@cache
def anchors(page: Path) -> set[str]:
    found = tokens(page)
    return {
        slug(found[at + 1].content) for at, one in enumerate(found) if one.type == "heading_open"
    }


def links(page: Path) -> list[str]:
    inline = [child for token in tokens(page) for child in token.children or ()]
    return [str(child.attrs["href"]) for child in inline if child.type == "link_open"]


def leads(page: Path, link: str) -> bool:
    if re.match(r"[a-z]+:", link):
        return True  # another host
    path, _, anchor = unquote(link).partition("#")
    target = page.parent / path if path else page
    if not target.exists():
        return False
    return not anchor or target.suffix != ".md" or anchor in anchors(target)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    assert not [link for link in links(page) if not leads(page, link)]


def test_every_page_is_in_the_navigation() -> None:
    named = set(re.findall(r"([\w-]+\.md)\s*$", NAVIGATION, re.MULTILINE))
    missing = sorted({page.name for page in DOCS.glob("*.md")} - named)
    assert not missing, (
        f"give {', '.join(missing)} a line in the `nav` of mkdocs.yml, where a reader would look for it:"
        " `How to` (a task), `Reference` (facts to look up) or `Explanation` (why)"
    )
