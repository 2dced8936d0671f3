"""The pages that the `type` of a problem leads to."""

import re

import httpx
import pytest

from ecg_service.api.problems.pages import in_order
from tests.api.doors import ONE_STORE, problem

pytestmark = ONE_STORE

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


async def test_a_type_leads_to_a_page(anyone: httpx.AsyncClient) -> None:
    found = problem(await anyone.get("/users/me"), 401, "unauthenticated")
    answer = await anyone.get(found["type"])
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/markdown; charset=utf-8"
    assert answer.text.startswith("# unauthenticated\n")
    assert "What to do: " in answer.text


@pytest.mark.parametrize("slug", [kind.slug for kind in in_order()])
async def test_a_browser_gets_html_that_asks_no_other_host(
    anyone: httpx.AsyncClient, slug: str
) -> None:
    answer = await anyone.get(f"/problems/{slug}", headers=BROWSER)
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "; style-src 'sha256-" in answer.headers["Content-Security-Policy"]
    assert f"<h1>{slug}</h1>" in answer.text
    assert re.findall(r"(?:src|href)=", answer.text) == []


async def test_the_index_leads_to_every_page(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("/problems", headers=BROWSER)
    found = re.findall(r'href="([^"]+)"', answer.text)
    assert found == [kind.type for kind in in_order()]
    assert f"]({found[0]})" in (await anyone.get("/problems")).text


async def test_a_page_that_is_not_there_is_a_problem(anyone: httpx.AsyncClient) -> None:
    problem(await anyone.get("/problems/x", headers=BROWSER), 404, "not-found")
