"""Each example of the OpenAPI document works: its request is taken, and its answer is what comes."""

import json
import re
from collections.abc import AsyncGenerator
from typing import Any, cast
from urllib.parse import urlencode

import httpx
import msgspec
import pytest
import pytest_asyncio

from ecg_service.api.app import create_app
from ecg_service.api.schemas.examples import ECG_ID, EXAMPLES, KEY_ID, NEWCOMER, SESSION_ID
from ecg_service.api.schemas.users import UserIn
from ecg_service.bootstrap.service import running_services
from tests.api.conformance import Conformance
from tests.api.conftest import settings
from tests.api.doors import ADMIN, ANN, ONE_STORE, PASSWORD, Json, Service, document_of

ADMIN_PATHS = ("/users", "/health/checks")
METHODS = ("post", "get", "patch", "put", "delete")
"""In the order in which their examples are sent: what is made is read, changed and removed."""
_ID_OR_TIME = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:.]+Z|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
_VARIES = {"insights", "checks", "key", "access_token", "refresh_token", "keys"}
"""Fields whose content depends on when the answer is given, on the store, or on chance."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def examples(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Service]:
    """Run a service in which nobody has done anything but the admin of the examples."""
    async with running_services(settings("memory", tmp_path_factory.mktemp("none"))) as services:
        yield Service(services, create_app(services))


def masked(value: Any) -> Any:
    """Return a value in which ids and times are all the same."""
    if isinstance(value, dict):
        fields = cast("Json", value)
        return {k: masked(v) for k, v in fields.items() if k not in _VARIES}
    if isinstance(value, list):
        return [masked(one) for one in cast("list[Any]", value)]
    return "…" if isinstance(value, str) and _ID_OR_TIME.match(value) else value


def in_order(document: Json) -> list[tuple[str, str, Json]]:
    """Return the operations, what makes things first, users before their ECGs; batches last."""
    found = [
        (method, path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(
        found,
        key=lambda one: (
            "/batch" in one[1],
            METHODS.index(one[0]),
            one[1] != "/users",
            one[1].endswith("password"),
            one[1],
        ),
    )


def bodies(operation: Json) -> list[tuple[str, Any]]:
    content = operation.get("requestBody", {"content": {}})["content"]
    return [(media_type, one["example"]) for media_type, one in content.items() if "example" in one]


def encoded(media_type: str, example: Any) -> bytes:
    if isinstance(example, str):
        return example.encode()
    if "form" in media_type:
        return urlencode(example).encode()
    write = msgspec.msgpack.encode if "msgpack" in media_type else msgspec.json.encode
    return write(example)


class Scenario:
    """Sends the examples to one service, as the user that they register."""

    def __init__(self, service: Service, document: Json) -> None:
        self._service, self._conformance = service, Conformance(document)
        self._made = {ECG_ID: ECG_ID}
        self._password = EXAMPLES[UserIn]["password"]

    def _user(self, operation: Json, path: str) -> httpx.AsyncClient:
        if operation.get("security") == []:
            return self._service.client()
        if path.startswith(ADMIN_PATHS) and not path.startswith("/users/me"):
            return self._service.client(ADMIN, PASSWORD)
        return self._service.client(NEWCOMER, self._password)

    async def send(
        self, method: str, path: str, operation: Json, media_type: str, body: Any
    ) -> None:
        parameters = [p for p in operation["parameters"] if "example" in p]
        given = {
            where: {p["name"]: str(p["example"]) for p in parameters if p["in"] == where}
            for where in ("path", "query", "header")
        }
        url = path.format(**{k: self._made.get(v, v) for k, v in given["path"].items()})
        headers = given["header"] | ({"Content-Type": media_type} if media_type else {})
        answer = await self._user(operation, path).request(
            method,
            url,
            params={
                k: v.lower() if v in {"True", "False"} else v for k, v in given["query"].items()
            },
            headers=headers,
            content=encoded(media_type, body) if media_type else None,
        )
        assert answer.is_success, f"{method} {path}: {answer.text}"
        self._compare(f"{method} {path}", operation["responses"][str(answer.status_code)], answer)
        if path == "/ecg" and method == "post":
            self._made[ECG_ID] = answer.json()["ecg_id"]
        if path == "/api-keys" and method == "post":
            self._made[KEY_ID] = answer.json()["id"]
        if path == "/users/me/sessions" and method == "get":
            self._made[SESSION_ID] = answer.json()["sessions"][0]["id"]
        if path.endswith("/password"):
            self._password = body["new_password"]

    def _compare(self, name: str, documented: Json, answer: httpx.Response) -> None:
        media_type = answer.headers.get("Content-Type", "").partition(";")[0]
        if not documented.get("content"):
            assert answer.content == b""
            return
        media = documented["content"][media_type]
        if "json" not in media_type:
            return
        self._conformance.validate(media["schema"], media["example"])
        if "/batch" in name:  # of the two items of the example one is refused
            assert answer.json()["accepted"] == 2
        else:
            assert masked(answer.json()) == masked(media["example"]), name


async def test_every_example_works(examples: Service) -> None:
    document = await document_of(examples.app)
    scenario, sent = Scenario(examples, document), 0
    for method, path, operation in in_order(document):
        for media_type, body in bodies(operation) or [("", None)]:
            await scenario.send(method, path, operation, media_type, body)
            sent += 1
    assert sent >= len(document["paths"])


@ONE_STORE
async def test_the_example_of_a_refused_item_is_what_comes(service: Service) -> None:
    document = await document_of(service.app)
    batch = document["paths"]["/ecg/batch"]["post"]["responses"]["200"]["content"]
    [_, refused] = batch["application/json"]["example"]["items"]
    ecg = b'{"leads":[{"name":"I","signal":[1,1.5]}]}'
    headers = {"Content-Type": "application/json"}
    answer = await service.client(ANN).post("/ecg", content=ecg, headers=headers)
    assert answer.json() == refused["problem"]


async def test_everything_is_documented(examples: Service) -> None:
    document = await document_of(examples.app)
    text = json.dumps(document)
    for method, path, operation in in_order(document):
        name = f"{method} {path}"
        assert any(int(status) < 300 for status in operation["responses"]), f"{name}: declare it"
        assert operation["summary"].endswith("."), name
        for parameter in operation["parameters"]:
            assert parameter.get("description"), f"{name}: describe {parameter['name']}"
        for media_type, media in operation.get("requestBody", {"content": {}})["content"].items():
            assert "example" in media or "stream" in media_type, f"{name}: no example of the body"
        for status, answer in operation["responses"].items():
            for field, header in answer.get("headers", {}).items():
                assert header.get("description"), f"{name}: describe {field}"
            for media in answer.get("content", {}).values():
                told = {"example", "examples"} & media.keys() or media["schema"] == {
                    "type": "string"
                }
                assert told, f"{name}: no example of the answer {status}"
    assert '"schema": {}' not in text


async def test_every_example_of_a_problem_is_one(examples: Service) -> None:
    document = await document_of(examples.app)
    conformance, found = Conformance(document), document["components"]["examples"]
    for slug, one in found.items():
        name = "Problem" + slug.title().replace("-", "")
        conformance.validate({"$ref": f"#/components/schemas/{name}"}, one["value"])
