"""The OpenAPI document of an application, and where it is served."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from litestar import Litestar, Request, Router
from litestar.enums import OpenAPIMediaType
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.routes import HTTPRoute

import ecg_service
from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.openapi.declared import Declared
from ecg_service.api.openapi.operations import completed
from ecg_service.api.openapi.schemas import components

PATH = "/schema"
_NOTHING = Declared({})
_ABOUT = """\
Takes ECGs in, counts the zero crossings of each lead, and gives both back. 201 means that an ECG is durable.

Each error is a problem of RFC 9457 with a `type`, which is the path of [a page](/problems) that says what to do. Repeat only 429, 503 and
507, after `Retry-After`, and what failed without an answer only with an `Idempotency-Key` or an `id`. A path that has another method is 405,
and what is no request of HTTP/1.1, comes too slowly or has too large a head is answered before any route: 400, 408, 414, 421, 431, 501 or 505.
GET is also HEAD. Answers are in the format that `Accept` prefers, and compressed as `Accept-Encoding` says."""


class Document(OpenAPIRenderPlugin):
    """The document as JSON, made when it is first asked for."""

    def __init__(self) -> None:
        super().__init__(path="/openapi.json", media_type=OpenAPIMediaType.OPENAPI_JSON)
        self._text: bytes | None = None

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        if self._text is None:
            document = complete(openapi_schema, request.app)
            self._text = msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
        return self._text


def complete(document: dict[str, Any], app: Litestar) -> dict[str, Any]:
    """Return Litestar's document with what the routes declare in place of what it makes of their types."""
    found = sorted(_documented(app), key=lambda one: one[:2])
    paths: dict[str, Any] = {}
    for path, method, handler in found:
        operation = document["paths"][path][method]
        paths.setdefault(path, {})[method] = completed(
            operation,
            handler.opt.get("declared", _NOTHING),
            audience=handler.opt["audience"],
            method=method,
            path=path,
        )
    declared = [handler.opt.get("declared", _NOTHING) for _, _, handler in found]
    return document | {
        "paths": dict(sorted(paths.items())),
        "components": document["components"]
        | components(kind for one in declared for kind in _types(one)),
    }


def _documented(app: Litestar) -> Iterator[tuple[str, str, HTTPRouteHandler]]:
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                for method in sorted(handler.http_methods - {"OPTIONS"}):
                    if handler.resolve_include_in_schema():
                        yield route.path_format, method.lower(), handler


def _types(declared: Declared) -> Iterator[type]:
    if declared.body:
        yield declared.body.kind
    yield from (
        sent.kind for sent in declared.answers.values() if sent.kind and sent.kind is not str
    )


def openapi(schemes: Sequence[Scheme]) -> OpenAPIConfig:
    """Configure the document of an application with these schemes."""
    return OpenAPIConfig(
        title="ECG service",
        version=ecg_service.__version__,
        description=_ABOUT,
        components=Components(
            security_schemes={
                scheme.name: SecurityScheme(
                    type="http", scheme=scheme.name, description=scheme.description
                )
                for scheme in schemes
            }
        ),
        security=[{scheme.name: []} for scheme in schemes],
        use_handler_docstrings=True,
        render_plugins=[Document()],  # those of Litestar load scripts from other hosts
        openapi_router=Router(
            PATH,
            route_handlers=[],
            include_in_schema=False,
            opt={"audience": Audience.EVERYBODY},
        ),
    )
