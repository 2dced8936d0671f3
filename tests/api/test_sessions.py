"""One's own sessions: which there are, and the end of one."""

import asyncio

from tests.api.doors import ANN, Service, bearer, problem
from tests.api.test_tokens import newcomer, refresh, sign_in, status


async def test_one_sees_ones_own_sessions_and_ends_one(service: Service) -> None:
    name = await newcomer(service)
    one, other = await sign_in(service, name), await sign_in(service, name, scope="read")
    await sign_in(service, ANN)
    user = bearer(service.app, one["access_token"])
    later = (await refresh(service, one["refresh_token"])).json()
    first, second = (await user.get("/users/me/sessions")).json()["sessions"]
    assert first["created"] < second["created"] < first["last_used"] < first["expires"]
    assert "last_used" not in second
    assert ("scopes" in first, second["scopes"]) == (False, ["read"])
    assert (await user.delete(f"/users/me/sessions/{second['id']}")).status_code == 204
    assert (await refresh(service, other["refresh_token"])).status_code == 400
    problem(await user.delete(f"/users/me/sessions/{second['id']}"), 404, "not-found")
    assert [s["id"] for s in (await user.get("/users/me/sessions")).json()["sessions"]] == [
        first["id"]
    ]
    assert (await refresh(service, later["refresh_token"])).status_code == 200


async def test_access_tokens_end_with_their_session(service: Service) -> None:
    name = await newcomer(service)
    tokens = await sign_in(service, name)
    assert await status(service, tokens["access_token"]) == 200
    user = service.client(name)
    [session] = (await user.get("/users/me/sessions")).json()["sessions"]
    assert (await user.delete(f"/users/me/sessions/{session['id']}")).status_code == 204
    await asyncio.sleep(1.1)  # `credential_recheck_seconds`
    assert await status(service, tokens["access_token"]) == 401


async def test_sessions_that_are_over_are_not_listed(service: Service) -> None:
    name = await newcomer(service)
    await sign_in(service, name)
    user = service.client(name)
    assert len((await user.get("/users/me/sessions")).json()["sessions"]) == 1
    await user.delete("/users/me/sessions")
    assert (await user.get("/users/me/sessions")).json() == {"sessions": []}


async def test_sessions_come_in_pages(service: Service) -> None:
    name = await newcomer(service)
    for _ in range(3):
        await sign_in(service, name)
    user, seen, url = service.client(name), list[str](), "/users/me/sessions?page_size=2"
    for expected in (2, 1):
        page = await user.get(url)
        found = page.json()["sessions"]
        assert len(found) == expected
        seen += [session["id"] for session in found]
        url = page.links.get("next", {"url": ""})["url"]
    assert (len({*seen}), sorted(seen), url) == (3, seen, "")
    problem(await user.get("/users/me/sessions?page_token=x"), 400, "invalid-query")
