"""Completes an operation of the document with what its route declares."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.openapi.declared import Body, Declared, Sent
from ecg_service.api.openapi.parameters import QUOTA, SENT, in_head, in_path, in_query
from ecg_service.api.openapi.problems import REF, problems_of
from ecg_service.api.schemas.examples import EXAMPLES

Spec = dict[str, Any]

_TITLES = {
    200: "Done",
    201: "Stored",
    204: "Done",
    304: "The client has the answer already",
    400: "An error of OAuth",
}
_BINARY = "msgpack"


def completed(
    operation: Spec, declared: Declared, *, audience: Audience, method: str, path: str
) -> Spec:
    """Return the operation with its parameters, body and answers."""
    first, _, rest = operation.get("description", "").partition("\n")
    answers = {str(status): _answer(status, sent) for status, sent in declared.answers.items()}
    problems = problems_of(declared, audience=audience, method=method, path=path)
    return {
        "tags": operation.get("tags", []),
        "summary": first,
        "description": rest.strip() or first,
        "operationId": operation["operationId"],
        "parameters": [*_parameters(declared, path)],
        **({"requestBody": _body(declared.body)} if declared.body else {}),
        "responses": {
            status: answer if audience is Audience.EVERYBODY else _with_quota(answer)
            for status, answer in _both(problems, answers).items()
        },
        **({"security": []} if audience is Audience.EVERYBODY else {}),
    }


def _both(problems: Spec, answers: Spec) -> Spec:
    """Join answers that have a status in common: what is in them tells them apart."""
    joined = {
        status: {
            "description": f"{answers[status]['description']}; {problem['description']}",
            **{k: problem.get(k, {}) | answers[status].get(k, {}) for k in ("content", "headers")},
        }
        for status, problem in problems.items()
        if status in answers
    }
    return problems | answers | joined


def _parameters(declared: Declared, path: str) -> Iterator[Spec]:
    yield from in_path(re.findall(r"\{(\w+)", path))
    if declared.query:
        yield from in_query(declared.query)
    yield from in_head(declared.headers)


def _body(body: Body) -> Spec:
    return {"required": True, "content": {name: _media(body, name) for name in body.media_types}}


def _media(body: Body, name: str) -> Spec:
    if not body.is_framed:
        return _of(body.kind)
    schema = {"type": "string", "contentMediaType": name, "contentSchema": _of(body.kind)["schema"]}
    if _BINARY in name:
        return {"schema": schema}
    line = msgspec.json.encode(EXAMPLES[body.kind]).decode() + "\n"
    return {"schema": schema, "example": line * 2}


def _answer(status: int, sent: Sent) -> Spec:
    content = {name: _of(sent.kind) for name in sent.media_types} if sent.kind else {}
    headers = {name: SENT.get(name, {"schema": {"type": "string"}}) for name in sent.headers}
    return {
        "description": _TITLES.get(status, "Done"),
        **({"content": content} if content else {}),
        **({"headers": headers} if headers else {}),
    }


def _with_quota(answer: Spec) -> Spec:
    """Add what any answer to somebody who is signed in may tell of their quota."""
    return {**answer, "headers": answer.get("headers", {}) | {name: SENT[name] for name in QUOTA}}


def _of(kind: type) -> Spec:
    schema = {"type": "string"} if kind is str else {"$ref": REF.format(name=kind.__name__)}
    return {"schema": schema, **({"example": EXAMPLES[kind]} if kind in EXAMPLES else {})}
