"""What is told of a value that is out of bounds, however long it is."""

import httpx
import pytest

from tests.api.doors import post, problem

DIGITS = "9" * 5_000
BOUNDS = {
    "/ecg?page_size=": "Expected `int` <= 100",
    "/ecg?page_size=-": "Expected `int` >= 1",
    "/api-keys?page_size=": "Expected `int` <= 100",
    "/users/me/sessions?page_size=": "Expected `int` <= 100",
    "/ecg/{}/leads/0?start=": "Expected `int` <= 2147483647",
    "/ecg/{}/leads/0?start=-": "Expected `int` >= 0",
    "/ecg/{}/leads/0?stop=": "Expected `int` <= 2147483647",
    "/ecg/{}/leads/0?max_points=": "Expected `int` <= 2147483647",
    "/ecg/{}/leads/0?max_points=-": "Expected `int` >= 2",
}


@pytest.mark.parametrize("path", BOUNDS)
@pytest.mark.parametrize("digits", [DIGITS, DIGITS[:20], DIGITS[:17]], ids=len)
async def test_a_number_of_any_length_is_told_its_bound(
    ann: httpx.AsyncClient, path: str, digits: str
) -> None:
    url = path.format(await post(ann)) + digits
    found = problem(await ann.get(url), 400, "invalid-query")
    name = path.partition("?")[2].partition("=")[0]
    assert found["errors"] == [{"parameter": name, "code": "out_of_range", "detail": BOUNDS[path]}]


@pytest.mark.parametrize(
    "path", ["/ecg?page_size=", "/ecg?from=", "/ecg/{}?signals=", "/ecg/{}/insights?zeros="]
)
async def test_what_is_no_value_is_not_echoed_at_length(ann: httpx.AsyncClient, path: str) -> None:
    url = path.format(await post(ann)) + "x" * 5_000
    [error] = problem(await ann.get(url), 400, "invalid-query")["errors"]
    assert len(error["detail"]) < 100
