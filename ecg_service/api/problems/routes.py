"""The pages about problems, to which the `type` of each leads; for everybody."""

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.params import FromPath

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.openapi.declared import Sent, documented
from ecg_service.api.problems.kinds import PATH
from ecg_service.api.problems.pages import in_order, index, page
from ecg_service.domain.errors import NotFound

_STYLE = (
    "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}"
    "pre{padding:1rem;overflow:auto;border:1px solid #888}"
    "td,th{padding:.2rem .8rem;text-align:left}"
)
_POLICY = (
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    f"style-src 'sha256-{b64encode(sha256(_STYLE.encode()).digest()).decode()}'"
)
_PAGE = Sent(str, ("text/markdown", "text/html"), headers=("Vary",))
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Vary": "Accept, Accept-Encoding",
}


class ProblemController(Controller):
    """What each problem means, and what to do about it."""

    path = PATH
    tags = ["Problems"]
    opt = {"audience": Audience.EVERYBODY}

    @get(**documented({200: _PAGE}))
    async def index(self, request: Request[Any, Any, Any]) -> Response[str]:
        """List all types of problems."""
        return _answer("Problems", index(f"{PATH}/"), request)

    @get("/{slug:str}", **documented({200: _PAGE}))
    async def read(self, request: Request[Any, Any, Any], slug: FromPath[str]) -> Response[str]:
        """Say of a type of problems what happened and what to do, to browsers in HTML."""
        if slug not in _pages():
            raise NotFound
        return _answer(slug, _pages()[slug], request)


@cache
def _pages() -> dict[str, str]:
    return {kind.slug: page(kind) for kind in in_order()}


def _answer(title: str, markdown: str, request: Request[Any, Any, Any]) -> Response[str]:
    if "text/html" not in request.headers.get("accept", ""):
        return Response(markdown, media_type="text/markdown", headers=_HEADERS)
    return Response(_html(title, markdown), media_type="text/html", headers=_HEADERS)


@cache
def _html(title: str, markdown: str) -> str:
    parser = import_module("markdown_it").MarkdownIt("commonmark")  # few read these pages
    content = parser.enable("table").render(markdown)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="color-scheme" '
        f'content="light dark"><title>{title}</title><style>{_STYLE}</style>{content}</html>\n'
    )
