"""What `ecg send` puts into one request, and what it does about what that request does not store."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from ecg_service.adapters.http_client import HttpClient
from ecg_service.cli.send import retries
from ecg_service.cli.send.bundles import BundleLimits
from ecg_service.cli.send.delivery import Delivery, Outcome
from ecg_service.cli.send.retries import Retries
from ecg_service.cli.send.sources import Source

Answer = Callable[[list[bytes]], httpx.Response]
"""Answers the lines of a batch."""

WITH_ID = b'{"id": "%d", "leads": []}'


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0)


def id_of(line: bytes) -> str:
    return json.loads(line)["id"]


def stored(lines: list[bytes], *, refused: tuple[str, ...] = ()) -> httpx.Response:
    items = [
        {"index": index, "status": 422, "problem": {"title": "Bad"}}
        if id_of(line) in refused
        else {"index": index, "status": 201, "ecg_id": f"batch-{id_of(line)}"}
        for index, line in enumerate(lines)
    ]
    answer = {"items": items, "accepted": len(lines) - len(refused), "rejected": len(refused)}
    return httpx.Response(200, json=answer)


class Service:
    """Answers batches as it is told, and a single ECG with 201, or 422 if its id is refused."""

    def __init__(self, answer: Answer = stored, *, refused: tuple[str, ...] = ()) -> None:
        self._answer = answer
        self._refused = refused
        self.batches: list[list[bytes]] = []
        self.singles: list[bytes] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        assert request.headers["content-length"] == str(len(body))
        if request.url.path == "/ecg/batch":
            assert request.headers["content-type"] == "application/x-ndjson"
            assert "Idempotency-Key" not in request.headers
            self.batches.append(body.removesuffix(b"\n").split(b"\n"))
            return self._answer(self.batches[-1])
        self.singles.append(body)
        if self._refused and id_of(body) in self._refused:
            return httpx.Response(422, json={"title": "Bad", "detail": "a reason"})
        return httpx.Response(201, json={"ecg_id": "single"})


def write(folder: Path, *documents: bytes) -> list[Source]:
    files: list[Source] = []
    for number, document in enumerate(documents):
        path = folder / f"{number}.json"
        path.write_bytes(document)
        files.append(Source(str(path)))
    return files


async def deliver(
    service: Service, files: list[Source], *, items: int = 100, max_bytes: int = 10**6
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    transport = httpx.MockTransport(service)
    async with HttpClient(transport=transport, base_url="http://ecg") as client:
        await Delivery(client, Retries(1), "the service").send_all(
            files, jobs=2, limits=BundleLimits(items, max_bytes), report=outcomes.append
        )
    return sorted(outcomes, key=lambda outcome: outcome.file)


def numbered(count: int) -> list[bytes]:
    return [WITH_ID % number for number in range(count)]


async def test_ecgs_with_an_id_go_together_as_they_are(tmp_path: Path) -> None:
    service, documents = Service(), numbered(3)
    outcomes = await deliver(service, write(tmp_path, *documents))
    assert (service.batches, service.singles) == ([documents], [])
    assert outcomes == [
        Outcome(str(tmp_path / f"{n}.json"), "stored", len(documents[n]), ecg_id=f"batch-{n}")
        for n in range(3)
    ]


async def test_line_ends_in_json_become_spaces(tmp_path: Path) -> None:
    service = Service()
    pretty = b'{\r\n  "id": "a\\nb",\n\t"leads": [\n]}\n'
    await deliver(service, write(tmp_path, pretty, WITH_ID % 1))
    assert service.batches == [[pretty.replace(b"\n", b" "), WITH_ID % 1]]
    assert json.loads(service.batches[0][0]) == json.loads(pretty)


@pytest.mark.parametrize(
    "alone",
    [
        b'{"leads": []}',
        b'{"id": 1}',
        b'{"id": null}',
        b'[{"id": "a"}]',
        b'{"id": "a"',
        b'{"id": "a", "x": "\n"}',
        b'{"id": "a"}\n{"id": "b"}',
        b'\xef\xbb\xbf{"id": "a"}',
        b'{"id": "a", "x": ' + b"[" * 9999 + b"]" * 9999 + b"}",
        b"",
    ],
    ids=["no id", "1", "null", "array", "cut", "control", "two", "BOM", "deep", "empty"],
)
async def test_any_other_document_goes_by_itself_unchanged(alone: bytes, tmp_path: Path) -> None:
    service, documents = Service(), numbered(2)
    outcomes = await deliver(service, write(tmp_path, documents[0], alone, documents[1]))
    assert (service.batches, service.singles) == ([documents], [alone])
    assert [outcome.ecg_id for outcome in outcomes] == ["batch-0", "single", "batch-1"]


@pytest.mark.parametrize(
    ("items", "max_bytes", "sizes"),
    [
        (3, 10**6, [3, 3]),
        (100, 3 * len(WITH_ID), [3, 3]),  # a line end takes the place of "%d"
        (4, 10**6, [4]),
        (1, 10**6, []),
        (100, len(WITH_ID) - 1, []),
    ],
    ids=["items", "bytes", "a rest of one", "one item", "all too large"],
)
async def test_batches_are_bounded(
    items: int, max_bytes: int, sizes: list[int], tmp_path: Path
) -> None:
    service = Service()
    count = 5 if items == 4 else 6
    files = write(tmp_path, *numbered(count))
    outcomes = await deliver(service, files, items=items, max_bytes=max_bytes)
    assert [len(batch) for batch in service.batches] == sizes
    assert len(service.singles) == count - sum(sizes)
    assert [outcome.state for outcome in outcomes] == ["stored"] * count


async def test_what_a_batch_refuses_is_refused_for_the_reason_of_a_single_one(
    tmp_path: Path,
) -> None:
    service = Service(lambda lines: stored(lines, refused=("1",)), refused=("1",))
    outcomes = await deliver(service, write(tmp_path, *numbered(3)))
    assert [(outcome.state, outcome.error) for outcome in outcomes] == [
        ("stored", None),
        ("refused", "Bad: a reason"),
        ("stored", None),
    ]
    assert service.singles == [WITH_ID % 1]


def lost(_: list[bytes]) -> httpx.Response:
    raise httpx.ReadError("lost")


def cut_short(lines: list[bytes]) -> httpx.Response:
    return httpx.Response(200, content=stored(lines).content[:-10])


def always(response: httpx.Response) -> Answer:
    return lambda _: response


@pytest.mark.parametrize(
    "answer",
    [
        lost,
        cut_short,
        always(httpx.Response(503)),
        always(httpx.Response(200, text="hello")),
        always(httpx.Response(200, content=b'{"items":[],"accepted":0,"rejected":0}')),
    ],
    ids=["lost", "cut short", "503", "of another service", "no items"],
)
async def test_what_has_no_answer_is_sent_again_with_its_id(answer: Answer, tmp_path: Path) -> None:
    service, documents = Service(answer), numbered(4)
    outcomes = await deliver(service, write(tmp_path, *documents), items=2)
    assert len(service.batches) == 2
    assert sorted(service.singles) == documents
    assert [outcome.ecg_id for outcome in outcomes] == ["single"] * 4


@pytest.mark.parametrize("status", [404, 405])
async def test_a_service_without_batches_is_asked_once(status: int, tmp_path: Path) -> None:
    service, documents = Service(always(httpx.Response(status))), numbered(9)
    # The second job has asked before the first is answered.
    outcomes = await deliver(service, write(tmp_path, *documents), items=2)
    assert len(service.batches) <= 2
    assert sorted(service.singles) == documents
    assert [outcome.ecg_id for outcome in outcomes] == ["single"] * 9
