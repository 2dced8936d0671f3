"""The pages about problems, in Markdown."""

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from ecg_service.api.problems.kinds import OF_CONNECTIONS, Kind, all_kinds

_INDEX = """\
# Problems

Each error is a problem of RFC 9457, `application/problem+json`. Its `type` is the path of the page about it, which the service
has itself: `curl http://localhost:8000/problems/not-found`. `title` and `status` belong to the type, `detail` is about the one
request, and so are `errors`, which name each place that is invalid: `pointer` in the body (a JSON Pointer, RFC 6901),
`parameter` in the query of the URL, `header` among the header fields; `code` is a word for programs.

| problem | status | |
|---|---|---|
"""


@cache
def texts() -> dict[str, dict[str, Any]]:
    """Return what is said of each problem, by its slug."""
    return tomllib.loads(files("ecg_service.api.problems").joinpath("texts.toml").read_text())


def example(kind: Kind) -> dict[str, object]:
    """Return a problem of this kind as the service answers it."""
    text = texts()[kind.slug]
    places = {"errors": text["errors"]} if "errors" in text else {}
    return kind.problem(text.get("detail"), **places)


def index(link: str) -> str:
    """Return the page that lists all problems; `link` is what leads to one of them."""
    rows = (f"| [{k.slug}]({link}{k.slug}) | {k.status} | {k.title} |\n" for k in in_order())
    return _INDEX + "".join(rows)


def page(kind: Kind) -> str:
    """Return the page about a problem."""
    text = texts()[kind.slug]
    fields = ["Content-Type: application/problem+json", *(": ".join(one) for one in kind.headers)]
    shown = [f"HTTP/1.1 {kind.status}", *fields, "", json.dumps(example(kind), indent=2)]
    early = " No route has seen the request." if kind in OF_CONNECTIONS else ""
    return "\n\n".join(
        (
            f"# {kind.slug}",
            f"**{kind.title}**, status {kind.status}",
            f"What happened: {text['happened']}{early}",
            f"What to do: {text['fix']}",
            "\n".join(["```http", *shown, "```\n"]),
        )
    )


def document() -> str:
    """Return all pages as one, as in docs/problems.md."""
    return "\n".join([index("#"), *(f"#{page(kind)}" for kind in in_order())])


def in_order() -> list[Kind]:
    """Return all kinds in order of their slugs."""
    return sorted(all_kinds(), key=lambda kind: kind.slug)
