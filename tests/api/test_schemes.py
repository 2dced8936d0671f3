"""Several schemes: a new one is a class like `Tally` here, and an entry of `schemes`."""

from dataclasses import replace

import httpx
import pytest
from litestar.exceptions import ImproperlyConfiguredException

from ecg_service.api.app import create_app
from ecg_service.api.edge.access.authentication import Scheme
from ecg_service.api.health import HealthController
from ecg_service.api.users import MyselfController
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role
from tests.api.doors import ADMIN, ANN, PASSWORD, Service, basic, client, problem

CHALLENGES = 'Basic realm="ecg", charset="UTF-8", Bearer realm="ecg"'


class Tally(Scheme):
    """A scheme for tests: the credentials are the name of a USER."""

    name = "tally"
    challenge = 'Tally realm="ecg"'

    async def authenticate(self, credentials: bytes, address: str) -> Principal:
        if not credentials.startswith(b"stick-of-"):
            raise Unauthenticated
        return Principal(credentials.removeprefix(b"stick-of-").decode(), Role.USER)


@pytest.fixture
def anyone(service: Service) -> httpx.AsyncClient:
    """Speak to an application with two ways to sign in."""
    schemes = (*service.services.schemes, Tally())
    return client(create_app(replace(service.services, schemes=schemes)))


@pytest.mark.parametrize(
    "credentials", [basic(f"{ANN}:{PASSWORD}"), f"Tally stick-of-{ANN}", f"tALLY stick-of-{ANN}"]
)
async def test_each_scheme_signs_in(anyone: httpx.AsyncClient, credentials: str) -> None:
    me = await anyone.get("/users/me", headers={"Authorization": credentials})
    assert (me.status_code, me.json()["username"]) == (200, ANN)


@pytest.mark.parametrize(
    "credentials",
    [
        None,
        "Tally",
        "Tally chalk",
        f"Tallystick-of-{ANN}",
        f"Basic stick-of-{ANN}",
        basic(f"{ANN}:{PASSWORD}").replace("Basic", "Tally"),
    ],
)
async def test_one_header_challenges_for_all_schemes(
    anyone: httpx.AsyncClient, credentials: str | None
) -> None:
    headers = {"Authorization": credentials} if credentials else {}
    answer = await anyone.get("/ecg", headers=headers)
    problem(answer, 401, "unauthenticated")
    assert answer.headers.get_list("WWW-Authenticate") == [f'{CHALLENGES}, Tally realm="ecg"']


async def test_the_audience_is_checked_whatever_the_scheme(anyone: httpx.AsyncClient) -> None:
    headers = {"Authorization": f"Tally stick-of-{ADMIN}"}
    assert (await anyone.get("/ecg", headers=headers)).status_code == 200
    problem(await anyone.get("/users", headers=headers), 403, "forbidden")


async def test_every_scheme_is_documented(service: Service, anyone: httpx.AsyncClient) -> None:
    one = (await service.client().get("/schema/openapi.json")).json()
    two = (await anyone.get("/schema/openapi.json")).json()
    described = two["components"]["securitySchemes"]
    assert described.pop("tally") == {"type": "http", "scheme": "tally"}
    assert one["components"]["securitySchemes"] == described
    assert {(one["type"], one["scheme"]) for one in described.values()} == {
        ("http", name) for name in described
    }
    assert "ecg_" in described["bearer"]["description"]
    assert one["security"] == [{"basic": []}, {"bearer": []}]
    assert two["security"] == [*one["security"], {"tally": []}]


@pytest.mark.parametrize(
    ("controller", "path"),
    [(HealthController, "/health/ready"), (MyselfController, "/users/me/sessions")],
)
async def test_a_route_without_an_audience_is_not_served(
    service: Service, monkeypatch: pytest.MonkeyPatch, controller: type, path: str
) -> None:
    monkeypatch.setattr(controller, "opt", {"audiences": "a slip of the pen"})
    with pytest.raises(ImproperlyConfiguredException, match=path):
        create_app(service.services)
