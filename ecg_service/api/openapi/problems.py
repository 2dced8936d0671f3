"""The problems that a route may answer, and their schemas."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.bodies import FORM
from ecg_service.api.edge.problems import MEDIA_TYPE
from ecg_service.api.openapi.declared import Declared
from ecg_service.api.openapi.parameters import SENT
from ecg_service.api.problems import kinds
from ecg_service.api.problems.kinds import Kind, kind_of
from ecg_service.api.problems.pages import texts
from ecg_service.domain import errors
from ecg_service.domain.errors import EcgError

Spec = dict[str, Any]

REF = "#/components/schemas/{name}"
_SIGNED_IN = (
    errors.Unauthenticated,
    errors.DamagedUser,
    errors.DamagedGrant,
    errors.InvalidQuery,
    errors.IssuerUnavailable,
    errors.TooManyGuesses,
    errors.QuotaExceeded,
    errors.Overloaded,
    errors.StorageUnavailable,
)
_WRITES = (errors.StorageFull, errors.OutcomeUnknown)
_FORM = (errors.Malformed, errors.TooLarge)
_BODY = (*_FORM, errors.Invalid)
_ADDED = {
    kinds.MEDIA_TYPE: ("Accept-Encoding",),
    kind_of(errors.Unauthenticated): ("WWW-Authenticate",),
}
"""Header fields that the table of kinds does not have: they depend on the request."""


def problems_of(
    declared: Declared, *, audience: Audience, method: str, path: str
) -> dict[str, Spec]:
    """Return the answers of a route that are problems, by status."""
    found = {kinds.FAULT, *map(kind_of, _errors(declared, audience, method, path))}
    if declared.body:
        found.add(kinds.MEDIA_TYPE)
    in_order = sorted(found, key=lambda kind: (kind.status, kind.slug))
    by_status = groupby(in_order, key=lambda kind: kind.status)
    return {str(status): _answer([*same]) for status, same in by_status}


def _errors(
    declared: Declared, audience: Audience, method: str, path: str
) -> Iterator[type[EcgError]]:
    yield from declared.raises
    if declared.query:
        yield errors.InvalidQuery
    if declared.headers:
        yield errors.InvalidHeader
    if declared.body:
        yield from _FORM if FORM in declared.body.media_types else _BODY
    if "{" in path:
        yield errors.NotFound
    if audience is not Audience.EVERYBODY:
        yield from _SIGNED_IN
        if method != "get":
            yield from _WRITES
        yield from (errors.Forbidden, errors.MissingScope)


def _answer(same: list[Kind]) -> Spec:
    """Describe the answer of one status, which is one of these problems."""
    refs = [{"$ref": REF.format(name=schema_name(kind))} for kind in same]
    fields = {name for kind in same for name, _ in kind.headers}.union(
        *(_ADDED.get(k, ()) for k in same)
    )
    media = {
        "schema": refs[0] if len(refs) == 1 else {"oneOf": refs},
        "examples": {kind.slug: {"$ref": f"#/components/examples/{kind.slug}"} for kind in same},
    }
    return {
        "description": "; ".join(f"[{kind.title}]({kind.type})" for kind in same),
        "content": {MEDIA_TYPE: media},
        **({"headers": {name: SENT[name] for name in sorted(fields)}} if fields else {}),
    }


def schema_name(kind: Kind) -> str:
    """Return the name of the schema of a problem."""
    return "Problem" + kind.slug.title().replace("-", "")


def problem_schema(kind: Kind) -> Spec:
    """Return the schema of a problem of this kind."""
    constant = {name: {"const": getattr(kind, name)} for name in ("type", "title", "status")}
    where = {"invalid-query": "parameter", "invalid-header": "header"}.get(kind.slug, "pointer")
    return {
        "title": schema_name(kind),
        "description": texts()[kind.slug]["happened"],
        "type": "object",
        "properties": constant | {"detail": {"type": "string"}, "errors": _places(where)},
        "required": [*constant],
    }


def any_problem() -> Spec:
    """Return the schema of whatever problem."""
    strings = {name: {"type": "string"} for name in ("type", "title", "detail")}
    return {
        "title": "Problem",
        "description": "A problem of RFC 9457; its `type` leads to a page about it.",
        "type": "object",
        "properties": strings | {"status": {"type": "integer"}, "errors": _places("pointer")},
        "required": ["type", "title", "status"],
    }


def _places(where: str) -> Spec:
    names = (where, "code", "detail")
    return {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {name: {"type": "string"} for name in names},
            "required": [*names],
        },
    }
