"""The OpenAPI document, and that the service answers as it says."""

import json
import re
from typing import Any, cast

import httpx

from ecg_service.domain.users import Role
from tests.api.doors import Json, ecg, lead, post, problem


async def document(anyone: httpx.AsyncClient) -> Json:
    return (await anyone.get("/schema/openapi.json")).json()


def operations(found: Json) -> dict[str, Json]:
    return {
        f"{method.upper()} {path}": operation
        for path, methods in found["paths"].items()
        for method, operation in methods.items()
    }


def references(node: Any) -> set[str]:
    if isinstance(node, dict):
        inner = cast("Json", node)
        own = {inner["$ref"]} if isinstance(inner.get("$ref"), str) else set[str]()
        return own.union(*map(references, inner.values()))
    if isinstance(node, list):
        return set[str]().union(*map(references, cast("list[Any]", node)))
    return set()


def resolve(found: Json, reference: str) -> Json:
    node = found
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


async def test_the_document_is_json_of_its_media_type(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("/schema/openapi.json")
    assert answer.headers["Content-Type"] == "application/vnd.oai.openapi+json"
    assert json.loads(answer.content)["openapi"].startswith("3.1")


async def test_the_document_names_no_foreign_host(anyone: httpx.AsyncClient) -> None:
    for path in ("/schema", "/schema/openapi.json"):
        assert re.findall(r"\w+://[^\s\"]+", (await anyone.get(path)).text) == []
    assert (await document(anyone))["servers"] == [{"url": "/"}]


async def test_every_operation_is_documented(anyone: httpx.AsyncClient) -> None:
    found = operations(await document(anyone))
    assert len({operation["operationId"] for operation in found.values()}) == len(found) == 28
    for operation in found.values():
        assert operation["summary"]
        assert operation["tags"]


async def test_every_reference_leads_somewhere(anyone: httpx.AsyncClient) -> None:
    found = await document(anyone)
    assert references(found)
    for reference in references(found):
        assert isinstance(resolve(found, reference), dict)


async def test_bodies_are_documented_as_they_are_checked(anyone: httpx.AsyncClient) -> None:
    found = await document(anyone)
    taken = {
        name: resolve(
            found,
            next(iter(references(operation["requestBody"]))),
        )
        for name, operation in operations(found).items()
        if "requestBody" in operation
    }
    assert {name: sorted(schema["properties"]) for name, schema in taken.items()} == {
        "POST /ecg": ["date", "id", "leads", "sampling_rate"],
        "POST /ecg/batch": ["date", "id", "leads", "sampling_rate"],
        "POST /users": ["password", "role", "username"],
        "PATCH /users/{name}": ["disabled", "password"],
        "PUT /users/me/password": ["current_password", "new_password"],
        "POST /api-keys": ["expires", "name", "scopes"],
        "POST /token": ["grant_type", "password", "refresh_token", "scope", "username"],
        "POST /token/revoke": ["token"],
    }
    strict = [schema for name, schema in taken.items() if "/token" not in name]
    assert not any(schema["additionalProperties"] for schema in strict)
    ecg = operations(found)["POST /ecg"]["requestBody"]["content"]
    assert {"application/json", "application/msgpack", "application/vnd.msgpack"} <= set(ecg)
    lead = resolve(found, "#/components/schemas/SubmittedLead")["properties"]
    assert lead["encoding"]["anyOf"][0] == {"enum": ["i16le", "i32le"]}
    array, text = lead["signal"]["anyOf"]
    assert (text["type"], text["contentEncoding"]) == ("string", "base64")
    assert array == {
        "type": "array",
        "items": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
        "minItems": 1,
    }


async def test_every_optional_field_of_a_body_takes_null(anyone: httpx.AsyncClient) -> None:
    """Null means absent, whatever the field and its default."""
    found = await document(anyone)
    names = ("SubmittedEcg", "SubmittedLead", "UserIn", "UserPatch", "PasswordChange")
    fields = {
        f"{name}.{field}": taken
        for name in names
        for field, taken in found["components"]["schemas"][name]["properties"].items()
        if field not in found["components"]["schemas"][name]["required"]
    }
    assert {"SubmittedLead.missing", "UserIn.role", "UserPatch.disabled"} <= fields.keys()
    for name, taken in fields.items():
        assert {"type": "null"} in taken["anyOf"], name


async def test_queries_are_documented_as_they_are_checked(anyone: httpx.AsyncClient) -> None:
    asked = {
        name: {p["name"]: p["schema"] for p in operation["parameters"] if p["in"] == "query"}
        for name, operation in operations(await document(anyone)).items()
        if "parameters" in operation
    }
    assert {name: sorted(query) for name, query in asked.items() if query} == {
        "POST /ecg/batch": ["atomic"],
        "GET /ecg": ["from", "page_size", "page_token", "to"],
        "GET /ecg/{ecg_id}": ["signals"],
        "GET /ecg/{ecg_id}/leads/{index}": ["max_points", "start", "stop"],
        "GET /ecg/{ecg_id}/insights": ["zeros"],
        "GET /users": ["page_size", "page_token"],
        "GET /api-keys": ["page_size", "page_token"],
        "GET /users/me/sessions": ["page_size", "page_token"],
    }
    size = {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert asked["GET /ecg"]["page_size"] == size


async def test_no_route_takes_a_parameter_that_is_not_documented(
    anyone: httpx.AsyncClient, ann: httpx.AsyncClient, admin: httpx.AsyncClient
) -> None:
    found = operations(await document(anyone))
    checked = [
        name.split()
        for name in found
        if not re.search("/(docs|health|problems|token|.well-known)", name)
    ]
    assert len(checked) == 18
    for method, path in checked:
        user = ann if path.startswith(("/ecg", "/api-keys")) else admin
        answer = await user.request(method, re.sub("{.*?}", "x", path), params={"surprise": 1})
        [error] = problem(answer, 400, "invalid-query")["errors"]
        assert (error["parameter"], error["code"]) == ("surprise", "unknown_parameter")


async def test_answers_have_no_field_that_is_not_documented(
    anyone: httpx.AsyncClient, newcomer: httpx.AsyncClient
) -> None:
    schemas = (await document(anyone))["components"]["schemas"]
    key = await post(
        newcomer, ecg(lead(gain=1, unit="mV", missing=0), lead(), id="x", sampling_rate=1)
    )
    whole = (await newcomer.get(f"/ecg/{key}")).json()
    answers = {
        "EcgOut": whole,
        "LeadOut": whole["leads"][0],
        "CrossingsOut": (await newcomer.get(f"/ecg/{key}/insights")).json()["leads"][0],
        "EcgPage": (await newcomer.get("/ecg")).json(),
        "WindowOut": (await newcomer.get(f"/ecg/{key}/leads/0?max_points=2")).json(),
        "InsightsOut": (await newcomer.get(f"/ecg/{key}/insights")).json(),
        "UserOut": (await newcomer.get("/users/me")).json(),
    }
    for name, answer in answers.items():
        assert set(answer) <= set(schemas[name]["properties"]), name
        assert set(schemas[name]["required"]) <= set(answer), name


async def test_roles_are_those_of_the_domain(anyone: httpx.AsyncClient) -> None:
    schemas = (await document(anyone))["components"]["schemas"]
    assert sorted(schemas["Role"]["enum"]) == sorted(Role)


async def test_health_says_what_load_balancers_want_to_hear(anyone: httpx.AsyncClient) -> None:
    for path in ("/health/live", "/health/ready"):
        answer = await anyone.get(path)
        assert (answer.status_code, answer.json()) == (200, {"status": "pass"})
        assert answer.headers["Content-Type"] == "application/health+json"
