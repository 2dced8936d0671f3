"""A service that takes the passwords of admins only, or of nobody."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlencode

import httpx

from ecg_service.domain.principal import Principal
from ecg_service.settings import (
    AccessSettings,
    AdminSettings,
    IssuerSettings,
    Settings,
    StoreSettings,
)
from tests.api.doors import ADMIN, ANN, PASSWORD, Service, bearer, post, problem, serving
from tests.provider import Provider, provider

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@asynccontextmanager
async def taking(whose: str, issuers: IssuerSettings | None = None) -> AsyncGenerator[Service]:
    given = Settings(
        store=StoreSettings("memory://"),
        access=AccessSettings(sign_in_by_password=whose),
        admin=AdminSettings(ADMIN, PASSWORD),
        issuers=issuers or IssuerSettings(),
    )
    async with serving(given) as service:
        yield service


async def ask(service: Service, **form: str) -> httpx.Response:
    return await service.client().post("/token", content=urlencode(form), headers=FORM)


async def ask_for(service: Service, name: str) -> httpx.Response:
    return await ask(service, grant_type="password", username=name, password=PASSWORD)


async def require_no_session(service: Service) -> None:
    """Require that a session of Ann, begun when her password still signed in, is over."""
    ann = await service.services.users.get(ANN)
    begun = await service.services.sessions.begin(Principal.of(ann), None)
    problem(await bearer(service.app, begun.access_token).get("/ecg"), 401, "unauthenticated")
    refused = await ask(service, grant_type="refresh_token", refresh_token=begun.refresh_token)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


async def test_passwords_of_admins_only() -> None:
    async with taking("admins") as service:
        problem(await service.client(ANN).get("/ecg"), 401, "unauthenticated")
        assert (await service.client(ADMIN).get("/users")).status_code == 200
        refused = await ask_for(service, ANN)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        assert (await ask_for(service, ADMIN)).status_code == 200
        await require_no_session(service)


async def test_passwords_of_nobody(tmp_path: Path) -> None:
    async with provider() as idp:
        file = tmp_path / "issuers.toml"
        roles = 'acr = ["2"]\nroles_claim = ["roles"]\nroles = { admin = "ADMIN", user = "USER" }'
        file.write_text(f'[kc]\nissuer = "{idp.url}"\naudience = "ecg"\n{roles}\n')
        async with taking("nobody", IssuerSettings(str(file), issuer_seconds=60)) as service:
            for name in (ANN, ADMIN):
                answer = await service.client(name).get("/users/me")
                problem(answer, 401, "unauthenticated")
                assert answer.headers["WWW-Authenticate"] == 'Bearer realm="ecg"'
                refused = await ask_for(service, name)
                assert refused.json()["error"] == "unsupported_grant_type"
            await require_no_session(service)
            await require_second_factor(service, idp)


async def require_second_factor(service: Service, idp: Provider) -> None:
    """Require that who signed in at the provider with two factors is taken, and nobody else."""
    both = {"roles": ["user"], "acr": "2"}
    user = bearer(service.app, idp.token(idp.claims(**both)))
    await post(user)
    key = (await user.post("/api-keys", json={"name": "ward 3", "scopes": ["read"]})).json()
    assert (await bearer(service.app, key["key"]).get("/ecg")).status_code == 200
    boss = bearer(service.app, idp.token(idp.claims(sub="boss", roles=["admin"], acr="2")))
    assert (await boss.get("/users")).status_code == 200
    for weak in ({"acr": "1"}, {"acr": None}):
        once = bearer(service.app, idp.token(idp.claims(**(both | weak))))
        problem(await once.get("/ecg"), 403, "forbidden")


async def test_who_signs_in_otherwise_only_is_told_so_in_the_document() -> None:
    async with taking("nobody") as service:
        document = (await service.client().get("/schema/openapi.json")).json()
    assert {one["scheme"] for one in document["components"]["securitySchemes"].values()} == {
        "bearer"
    }
