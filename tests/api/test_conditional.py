"""`ETag` and `If-None-Match` on what never changes."""

import httpx
import pytest

import ecg_service
from tests.api.doors import UNKNOWN_ID, Service, ecg, lead, post, problem

PATHS = ("/ecg/{}", "/ecg/{}?signals=false", "/ecg/{}/leads/0", "/ecg/{}/leads/0?stop=2")
PLAIN = {"Accept-Encoding": ""}


async def tag(user: httpx.AsyncClient, path: str, **headers: str) -> str:
    answer = await user.get(path, headers=PLAIN | headers)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-cache"
    return answer.headers["ETag"]


@pytest.mark.parametrize("path", PATHS)
async def test_what_a_client_has_is_not_sent_again(ann: httpx.AsyncClient, path: str) -> None:
    path = path.format(await post(ann))
    known = await tag(ann, path)
    for given in (known, f"W/{known}", f'"other", {known}', f'"a,b",{known}', "*"):
        answer = await ann.get(path, headers={"If-None-Match": given} | PLAIN)
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer.headers["ETag"] == known
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"
        assert "Content-Type" not in answer.headers
    head = await ann.head(path, headers={"If-None-Match": known} | PLAIN)
    assert head.status_code == 304


@pytest.mark.parametrize("given", ['"other"', "", '"', "W/", "x", '"a" "b"'])
async def test_what_a_client_has_of_something_else_does_not_count(
    ann: httpx.AsyncClient, given: str
) -> None:
    answer = await ann.get(f"/ecg/{await post(ann)}", headers={"If-None-Match": given})
    assert answer.status_code == 200


async def test_every_representation_has_its_own_tag(ann: httpx.AsyncClient) -> None:
    key = await post(ann, ecg(lead("I", *range(1_000))))
    other = await post(ann, ecg(lead("I", *range(1_000))))
    tags = [await tag(ann, path.format(one)) for path in PATHS for one in (key, other)]
    tags.append(await tag(ann, f"/ecg/{key}", Accept="application/msgpack"))
    tags += [
        (await ann.get(f"/ecg/{key}", headers={"Accept-Encoding": coding})).headers["ETag"]
        for coding in ("gzip", "zstd")
    ]
    assert len(set(tags)) == len(tags)
    assert all(one.startswith('"') and one.endswith('"') for one in tags)


async def test_a_compressed_answer_is_known_by_its_own_tag(ann: httpx.AsyncClient) -> None:
    path = f"/ecg/{await post(ann, ecg(lead('I', *range(1_000))))}"
    gzipped = {"Accept-Encoding": "gzip"}
    known = (await ann.get(path, headers=gzipped)).headers["ETag"]
    statuses = [
        (await ann.get(path, headers=accept | {"If-None-Match": known})).status_code
        for accept in (gzipped, PLAIN, {"Accept-Encoding": "zstd"})
    ]
    assert statuses == [304, 200, 200]


async def test_another_version_has_other_tags(
    ann: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/ecg/{await post(ann)}"
    known = await tag(ann, path)
    monkeypatch.setattr(ecg_service, "__version__", "9")
    assert await tag(ann, path) != known


@pytest.mark.parametrize("given", ["*", "tag"])
async def test_nothing_is_told_of_what_is_not_there(service: Service, given: str) -> None:
    ann, stranger = await service.newcomer(), await service.newcomer()
    key = await post(ann)
    for path in PATHS:
        known = {"If-None-Match": "*" if given == "*" else await tag(ann, path.format(key))}
        problem(await stranger.get(path.format(key), headers=known), 404, "not-found")
        problem(await ann.get(path.format(UNKNOWN_ID), headers=known), 404, "not-found")
    problem(await ann.get(f"/ecg/{key}/leads/1", headers={"If-None-Match": "*"}), 404, "not-found")
    known = {"If-None-Match": await tag(ann, f"/ecg/{key}")}
    await ann.delete(f"/ecg/{key}")
    problem(await ann.get(f"/ecg/{key}", headers=known), 404, "not-found")


async def test_what_changes_has_no_tag(ann: httpx.AsyncClient) -> None:
    key = await post(ann)
    for path in (f"/ecg/{key}/insights", "/ecg", "/users/me"):
        answer = await ann.get(path, headers={"If-None-Match": "*"})
        assert answer.status_code == 200
        assert "ETag" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
