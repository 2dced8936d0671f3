"""What is in paths and header fields, in one table each."""

from collections.abc import Iterator
from typing import Any

import msgspec

from ecg_service.api.edge.idempotency import HEADER, MAX_KEY_LENGTH
from ecg_service.api.schemas.examples import ECG_ID, KEY_ID, NEWCOMER, SESSION_ID
from ecg_service.api.schemas.queries import Query

Spec = dict[str, Any]

_TEXT: Spec = {"type": "string"}
_BARE = r"[!#-+\--\[\]-~]"

PATHS: dict[str, Spec] = {
    "ecg_id": {
        "description": "The id that the service gave the ECG, as it wrote it.",
        "schema": {"type": "string", "format": "uuid"},
        "example": ECG_ID,
    },
    "index": {
        "description": "The place of the lead in the ECG, from 0.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999_999_999},
        "example": 0,
    },
    "name": {"description": "The name of the user.", "schema": _TEXT, "example": NEWCOMER},
    "file": {
        "description": "The name of the file.",
        "schema": _TEXT,
        "example": "swagger-ui.css",
    },
    "key_id": {
        "description": "The id of the API key, which is not secret.",
        "schema": {"type": "string", "format": "uuid"},
        "example": KEY_ID,
    },
    "session_id": {
        "description": "The id of the session, which is not secret.",
        "schema": {"type": "string", "format": "uuid"},
        "example": SESSION_ID,
    },
    "slug": {
        "description": "The last part of the `type` of a problem.",
        "schema": _TEXT,
        "example": "invalid-body",
    },
}
"""Parameters of paths."""

TAKEN: dict[str, Spec] = {
    HEADER: {
        "description": "Makes it safe to repeat the request for a day: the same key with the same content gets "
        "the first answer again. In double quotes (RFC 9651) or without; a random UUID is a good one.",
        "schema": {
            "type": "string",
            "pattern": f'^({_BARE}{{1,{MAX_KEY_LENGTH}}}|"{_BARE}{{1,{MAX_KEY_LENGTH}}}")$',
        },
        "example": '"8e03978e-40d5-43e8-bc93-6894a57f9324"',
    },
    "Content-Encoding": {
        "description": "How the body is compressed, if it is.",
        "schema": {"type": "string", "enum": ["gzip", "zstd"]},
    },
    "If-None-Match": {
        "description": "The `ETag` of an earlier answer; if it is still that of this one, the answer is 304.",
        "schema": _TEXT,
        "example": '"0123456789abcdef0123456789abcdef"',
    },
    "Prefer": {
        "description": "`wait=N` (RFC 7240) delays the answer by at most N seconds while insights are pending.",
        "schema": _TEXT,
        "example": "wait=5",
    },
}
"""Header fields of requests. `Accept`, `Content-Type` and `Authorization` are said otherwise in OpenAPI."""

SENT: dict[str, Spec] = {
    "Accept-Encoding": {"description": "The codings that a body may have.", "schema": _TEXT},
    "Allow": {"description": "The methods of the path.", "schema": _TEXT},
    "Cache-Control": {"description": "Who may keep the answer, and for how long.", "schema": _TEXT},
    "ETag": {
        "description": "Names this content of the answer, for `If-None-Match`.",
        "schema": _TEXT,
    },
    "Idempotency-Replayed": {
        "description": "`true` if the ECG was stored before, by a request with the same key or `id`.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": 'The next page, as `<…>; rel="next"`, if there is one.',
        "schema": _TEXT,
    },
    "Location": {"description": "The path of what was made.", "schema": _TEXT},
    "Pragma": {"description": "`no-cache`: nobody keeps the answer.", "schema": _TEXT},
    "Preference-Applied": {"description": "The wait that was kept to.", "schema": _TEXT},
    "RateLimit": {
        "description": 'What is left of your quota, if there is one, and in how many seconds it begins anew: `"requests";r=99;t=60`.',
        "schema": _TEXT,
    },
    "RateLimit-Policy": {
        "description": 'Your quota, if there is one, and its seconds: `"requests";q=100;w=60`.',
        "schema": _TEXT,
    },
    "Retry-After": {
        "description": "Seconds after which the request may be repeated.",
        "schema": {"type": "string", "pattern": "^[0-9]+$"},
    },
    "Vary": {
        "description": "The fields of the request that the answer depends on.",
        "schema": _TEXT,
    },
    "WWW-Authenticate": {"description": "The ways to sign in.", "schema": _TEXT},
}
"""Header fields of answers."""
QUOTA = ("RateLimit-Policy", "RateLimit")
"""Those of answers to users, if there are quotas."""


def in_path(names: list[str]) -> Iterator[Spec]:
    """Yield the parameters of a path; one that is not in the table has no description."""
    for name in names:
        yield {"name": name, "in": "path", "required": True, "schema": _TEXT, **PATHS.get(name, {})}


def in_head(names: tuple[str, ...]) -> Iterator[Spec]:
    """Yield the parameters that are header fields."""
    for name in names:
        yield {"name": name, "in": "header", **TAKEN.get(name, {"schema": _TEXT})}


def in_query(kind: type[Query]) -> Iterator[Spec]:
    """Yield the parameters of a query, which are absent instead of null."""
    [schema] = msgspec.json.schema_components([kind])[1].values()
    for name, one in schema["properties"].items():
        spec = {"name": name, "in": "query", "description": one.pop("description", "")}
        examples = one.pop("examples", None)
        yield spec | {"schema": _without_null(one)} | ({"example": examples[0]} if examples else {})


def _without_null(schema: Spec) -> Spec:
    if schema.get("default", "") is None:
        del schema["default"]
    kinds = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
    return schema | (kinds[0] if kinds else {})
