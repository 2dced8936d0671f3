"""The page about the routes, from the OpenAPI document."""

import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any

Json = dict[str, Any]

_BEFORE = """\
# API

Made by `just generate` from [openapi.json](openapi.json), which has the schemas too; a running service answers it at `/schema/openapi.json`, and shows it at `/docs` to be tried.
How to [sign in](sign-in.md), which [formats](formats.md) there are, what each [problem](problems.md) means.
"""


def page(document: str) -> str:
    """Return the page."""
    paths: Json = json.loads(document)["paths"]
    found = [(path, way, one) for path, ways in paths.items() for way, one in ways.items()]
    found.sort(key=lambda each: str(each[2]["tags"][0]))
    text = _BEFORE
    for tag, routes in groupby(found, lambda each: str(each[2]["tags"][0])):
        text += f"\n## {tag}\n" + "".join("\n".join(_route(*each)) for each in routes)
    return text


def _route(path: str, method: str, operation: Json) -> Iterator[str]:
    yield f"\n### {method.upper()} {path}"
    yield f"{operation['description']}\n"
    yield from _parameters(operation.get("parameters", []))
    yield from _body(operation.get("requestBody"))
    yield "| status | answer |\n|---|---|"
    for status, answer in sorted(operation["responses"].items()):
        text = answer["description"].replace("](/problems/", "](problems.md#")
        yield f"| {status} | {_cell(text)} |"
    yield ""


def _parameters(parameters: list[Json]) -> Iterator[str]:
    if parameters:
        yield "| parameter | in | |\n|---|---|---|"
        for one in parameters:
            yield f"| `{one['name']}` | {one['in']} | {_cell(one.get('description', ''))} |"
        yield ""


def _body(body: Json | None) -> Iterator[str]:
    if body is not None:
        yield f"Body: {', '.join(f'`{kind}`' for kind in body['content'])}.\n"
        for kind, one in body["content"].items():
            if "example" in one and kind == "application/json":
                yield f"```json\n{json.dumps(one['example'], ensure_ascii=False)}\n```\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
