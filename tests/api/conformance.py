"""Whether an answer is one that the OpenAPI document tells of: its status, media type, problem, fields and value."""

import json
import re
from functools import cache
from typing import Any

import httpx
import jsonschema_rs

Json = dict[str, Any]

LARGE = 100_000
"""Bytes of an answer whose values are not looked at, nor are those of compressed ones."""
_ANYWHERE = {405}
"""Statuses of no operation: the document says so in general."""
FOR_BROWSERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
"""What every answer tells browsers, beside a policy for its content."""
_UNTOLD = {
    *FOR_BROWSERS,
    "content-security-policy",
    "content-type",
    "content-length",
    "content-encoding",
    "cache-control",
    "x-request-id",
    "vary",
    "connection",
}
"""Header fields of any answer."""


def check_for_browsers(answer: httpx.Response) -> None:
    """Fail unless a browser is told to run, to show and to keep nothing that it was not meant to."""
    fields = answer.headers
    assert "set-cookie" not in fields
    assert not answer.has_redirect_location
    if (media_type := fields.get("content-type", "")).startswith("text/"):
        assert media_type.endswith("; charset=utf-8")
    assert {name: fields.get(name) for name in FOR_BROWSERS} == FOR_BROWSERS, answer.request.url
    policy = [*map(str.strip, fields["content-security-policy"].split(";"))]
    assert {"default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"} <= {*policy}
    assert "unsafe-eval" not in fields["content-security-policy"]


class Conformance:
    """A document, against which answers are checked."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path)
            for path in sorted(document["paths"], key=lambda path: (path.count("{"), path))
        ]
        self._validator = cache(self._new_validator)

    def check(self, answer: httpx.Response) -> None:
        """Fail if the answer is none that is documented."""
        check_for_browsers(answer)
        request = answer.request
        operation = self._operation(request.method, request.url.path.rstrip("/"))
        if operation is None or answer.status_code in _ANYWHERE:
            return
        name = f"{request.method} {request.url.path}"
        documented = operation["responses"].get(str(answer.status_code))
        assert documented, f"{name}: {answer.status_code} is not documented: {answer.text[:500]}"
        untold = (
            {*answer.headers} - _UNTOLD - {one.lower() for one in documented.get("headers", ())}
        )
        assert not untold, f"{name}: {answer.status_code} has undocumented fields {untold}"
        self._check_content(name, answer, documented.get("content", {}))

    def _check_content(self, name: str, answer: httpx.Response, content: Json) -> None:
        if not answer.content:
            return
        media_type = answer.headers["Content-Type"].partition(";")[0]
        assert media_type in content, f"{name}: {media_type} is not documented"
        is_small = len(answer.content) < LARGE and "Content-Encoding" not in answer.headers
        if "json" in media_type and is_small:
            self.validate(content[media_type]["schema"], answer.json())

    def validate(self, schema: Json, value: object) -> None:
        """Fail if the value is none of this schema."""
        self._validator(json.dumps(schema)).validate(value)

    def _new_validator(self, schema: str) -> Any:
        components = {"components": self.document["components"]}
        return jsonschema_rs.validator_for(json.loads(schema) | components)

    def _operation(self, method: str, path: str) -> Json | None:
        for pattern, template in self._paths:
            if pattern.fullmatch(path):
                found = self.document["paths"][template]
                return found.get("get" if method == "HEAD" else method.lower())
        return None
