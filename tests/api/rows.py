"""Every route, who may use it, and a good request to it: written by hand, beside what the application says of itself."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import uuid4

import httpx

from tests.api.doors import BOB, PASSWORD, UNKNOWN_ID, Json, ecg

Who = Literal["anybody", "signed in", "user", "admin"]
Scope = Literal["ingest", "read"]
Target = Literal["own", "foreign", "unknown", "malformed"]
TARGETS: tuple[Target, ...] = ("own", "foreign", "unknown", "malformed")


@dataclass(frozen=True)
class Row:
    """A route, who may use it, and what it answers to a good request."""

    method: str
    path: str
    who: Who
    status: int = 200
    body: Json | None = field(default=None, hash=False)
    media_type: str = "application/json"
    scope: Scope | None = None

    @property
    def names(self) -> Literal["ecg", "key", "session", ""]:
        """What of somebody's its path names."""
        if "{session_id}" in self.path:
            return "session"
        return "ecg" if self.names_an_ecg else "key" if "{key_id}" in self.path else ""

    @property
    def names_an_ecg(self) -> bool:
        return "{ecg_id}" in self.path

    @property
    def targets(self) -> tuple[Target, ...]:
        return TARGETS if self.names_an_ecg else ("own",)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


ROWS = (
    Row("POST", "/ecg", "user", 201, ecg(), scope="ingest"),
    Row("POST", "/ecg/batch", "user", 200, ecg(), "application/x-ndjson", scope="ingest"),
    Row("GET", "/ecg", "user", scope="read"),
    Row("GET", "/ecg/{ecg_id}", "user", scope="read"),
    Row("DELETE", "/ecg/{ecg_id}", "user", 204),
    Row("GET", "/ecg/{ecg_id}/leads/{index}", "user", scope="read"),
    Row("GET", "/ecg/{ecg_id}/insights", "user", scope="read"),
    Row("GET", "/api-keys", "user"),
    Row("POST", "/api-keys", "user", 201, {"name": "{new}", "scopes": ["read"]}),
    Row("DELETE", "/api-keys/{key_id}", "user", 204),
    Row("POST", "/users", "admin", 201, {"username": "{new}", "password": PASSWORD}),
    Row("GET", "/users", "admin"),
    Row("PATCH", "/users/{name}", "admin", 200, {}),
    Row("GET", "/users/me", "signed in"),
    Row(
        "PUT",
        "/users/me/password",
        "signed in",
        204,
        {"current_password": PASSWORD, "new_password": PASSWORD},
    ),
    Row("DELETE", "/users/me/sessions", "signed in", 204),
    Row("GET", "/users/me/sessions", "signed in"),
    Row("DELETE", "/users/me/sessions/{session_id}", "signed in", 204),
    Row("POST", "/token", "anybody", 415),
    Row("POST", "/token/revoke", "anybody", 415),
    Row("GET", "/.well-known/jwks.json", "anybody"),
    Row("GET", "/health/live", "anybody"),
    Row("GET", "/health/ready", "anybody"),
    Row("GET", "/docs", "anybody"),
    Row("GET", "/docs/{file}", "anybody"),
    Row("GET", "/problems", "anybody"),
    Row("GET", "/problems/{slug}", "anybody"),
    Row("GET", "/health/checks", "admin"),
    Row("GET", "/schema", "anybody"),
    Row("GET", "/schema/openapi.json", "anybody"),
)
UNDOCUMENTED = {
    ("GET", "/schema"),
    ("GET", "/schema/openapi.json"),
}


async def call(
    client: httpx.AsyncClient,
    row: Row,
    ecg_id: str = UNKNOWN_ID,
    *,
    method: str | None = None,
    suffix: str = "",
    headers: list[tuple[str, str]] | None = None,
) -> httpx.Response:
    path = row.path.format(
        ecg_id=ecg_id,
        index=0,
        name=BOB,
        slug="not-found",
        file="start.js",
        key_id=ecg_id,
        session_id=ecg_id,
    )
    new = {"{new}": f"new-{uuid4()}"}
    body = row.body and {key: new.get(str(value), value) for key, value in row.body.items()}
    of_body = [("Content-Type", row.media_type)] if body is not None else []
    return await client.request(
        method or row.method, path + suffix, json=body, headers=[*of_body, *(headers or [])]
    )
