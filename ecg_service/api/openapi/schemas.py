"""The schemas of bodies and answers, from their types."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import Any

import msgspec

from ecg_service.api.openapi.problems import REF, any_problem, problem_schema, schema_name
from ecg_service.api.problems.kinds import all_kinds
from ecg_service.api.problems.pages import example, in_order
from ecg_service.domain.signals import I16LE, I32LE
from ecg_service.domain.submission import INT32

Spec = dict[str, Any]

_INTEGER = {"type": "integer", "minimum": INT32.ge, "maximum": INT32.le}
_BYTES = {"type": "string", "contentEncoding": "base64", "minLength": 1}


def _samples(description: str, item: Spec = _INTEGER, **more: object) -> Spec:
    array = {"type": "array", "items": item, **more}
    return {"description": description, "anyOf": [array, _BYTES]}


_FIELDS: dict[str, Spec] = {
    "SubmittedLead": {
        "signal": _samples(
            "The samples as the device recorded them; bytes in the `encoding`, if there is one: "
            "`bin` in MessagePack, base64 in JSON.",
            minItems=1,
        ),
        "encoding": {
            "anyOf": [{"enum": [I16LE, I32LE]}, {"type": "null"}],
            "default": None,
            "description": "Of a signal that is bytes: little-endian integers of 16 or 32 bits.",
        },
    },
    "LeadOut": {"signal": _samples("The samples, in MessagePack `bin` in the `encoding`.")},
    "WindowOut": {
        "signal": _samples("The samples, in MessagePack `bin` in the `encoding`."),
        "positions": _samples("The index of each sample, if not all are there; likewise."),
    },
}
"""Fields whose types are those of what formats put in the place of samples."""


def components(types: Iterable[type]) -> Spec:
    """Return the schemas of these types and of all problems, by name, and an example of each problem."""
    _, found = msgspec.json.schema_components(sorted(set(types), key=str), ref_template=REF)
    for name in _FIELDS.keys() & found.keys():
        found[name]["properties"] |= _FIELDS[name]
    for schema in found.values():
        _plain(schema.get("properties", {}))
        schema["description"] = cleandoc(schema.get("description", ""))
    problems = {schema_name(kind): problem_schema(kind) for kind in all_kinds()}
    return {
        "schemas": dict(sorted({**found, "Problem": any_problem(), **problems}.items())),
        "examples": {
            kind.slug: {"summary": kind.title, "value": example(kind)} for kind in in_order()
        },
    }


def _plain(properties: Spec) -> None:
    """Write what is true or absent as a boolean: generators of clients know no other constant of it."""
    for name, schema in properties.items():
        if schema.get("enum") == [True]:
            properties[name] = {"type": "boolean"}
