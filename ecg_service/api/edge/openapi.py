"""What Litestar cannot add to the OpenAPI document by itself: raw bodies and authentication."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, cast

import msgspec
from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
    SecurityScheme,
)

import ecg_service
from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.schemas.users import PasswordChange, UserIn, UserPatch
from ecg_service.domain.submission import I16LE, I32LE, INT32, SubmittedEcg

_REF = "#/components/schemas/{name}"
_, _SCHEMAS = msgspec.json.schema_components(
    [SubmittedEcg, UserIn, UserPatch, PasswordChange], ref_template=_REF
)
_SCHEMAS["SubmittedLead"]["properties"] |= {
    "signal": {
        "anyOf": [
            {
                "type": "array",
                "items": {"type": "integer", "minimum": INT32.ge, "maximum": INT32.le},
                "minItems": 1,
            },
            {
                "type": "string",
                "contentEncoding": "base64",
                "minLength": 1,
                "description": "Samples in the `encoding`; of MessagePack they are `bin`, not base64.",
            },
        ]
    },
    "encoding": {
        "anyOf": [{"enum": [I16LE, I32LE]}, {"type": "null"}],
        "default": None,
        "description": "Of a signal that is bytes: little-endian integers of 16 or 32 bits.",
    },
}


def takes(
    kind: type[msgspec.Struct],
    media_types: Iterable[str] = ("application/json",),
    *,
    headers: Mapping[str, int] = MappingProxyType({}),
    query: type[msgspec.Struct] | None = None,
) -> type[Operation]:
    """Document an operation whose body is of this type, in any of the media types.

    `headers` are the header fields that it takes, with their greatest lengths. The
    route declares itself that it takes a `query`.
    """
    parameters = [
        *(_parameters(query) if query else ()),
        *(
            Parameter(
                name=name,
                param_in="header",
                schema=Schema(type=OpenAPIType.STRING, min_length=1, max_length=length),
            )
            for name, length in headers.items()
        ),
    ]
    media = OpenAPIMediaType(schema=cast("Schema", {"$ref": _REF.format(name=kind.__name__)}))
    body = RequestBody(content=dict.fromkeys(media_types, media), required=True)

    @dataclass
    class TakesBody(Operation):
        def __post_init__(self) -> None:
            self.request_body = body
            self.parameters = [*(self.parameters or ()), *parameters]

    return TakesBody


def asks(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """Document an operation with this query, and declare that it takes one."""
    parameters = _parameters(kind)

    @dataclass
    class TakesQuery(Operation):
        def __post_init__(self) -> None:
            self.parameters = [*(self.parameters or ()), *parameters]

    return {"operation_class": TakesQuery, "query": kind}


def _parameters(kind: type[msgspec.Struct]) -> list[Parameter]:
    [schema] = msgspec.json.schema_components([kind])[1].values()
    return [
        Parameter(name=name, param_in="query", schema=cast("Schema", one))
        for name, one in schema["properties"].items()
    ]


def add_bodies(document: OpenAPI) -> None:
    """Add the schemas of bodies; Litestar overwrites those in its configuration."""
    schemas = document.components and document.components.schemas
    (schemas or {}).update(cast("dict[str, Schema]", _SCHEMAS))


def openapi(schemes: Sequence[Scheme]) -> OpenAPIConfig:
    """Configure the document of an application with these schemes."""
    return OpenAPIConfig(
        title="ECG service",
        version=ecg_service.__version__,
        description="Takes ECGs in, counts zero crossings per lead, and gives both back.",
        components=Components(
            security_schemes={
                scheme.name: SecurityScheme(type="http", scheme=scheme.name) for scheme in schemes
            }
        ),
        security=[{scheme.name: []} for scheme in schemes],
        use_handler_docstrings=True,
        render_plugins=[JsonRenderPlugin()],  # the others load scripts from other hosts
        openapi_router=Router(
            "/schema",
            route_handlers=[],
            include_in_schema=False,
            opt={"audience": Audience.EVERYBODY},
        ),
    )
