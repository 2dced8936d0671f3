"""Deletions, and batches that are stored together, in the account of what must be held."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx
import pytest

from tests.torture.ledger import Account, Entry
from tests.torture.recordings import batch
from tests.torture.sender import Sender

ASKED, STORED = Entry("a"), Entry("a", 201, "1")
DELETE, DELETED = Entry("a", verb="delete"), Entry("a", 204, verb="delete")
NOT_FOUND, FAILED = Entry("a", 404, verb="delete"), Entry("a", 503, verb="delete")
TOGETHER = [Entry("a", group="g"), Entry("b", group="g")]
BOTH = [Entry("a", 201, "1", group="g"), Entry("b", 201, "2", group="g")]


Held = dict[str, list[str]]
DELETIONS: list[tuple[list[Entry], Held, set[str]]] = [
    ([DELETE], {"a": ["1"]}, set()),
    ([DELETE], {}, set()),
    ([DELETE, DELETED], {}, set()),
    ([DELETE, DELETED], {"a": ["1"]}, {"there although deleted"}),
    ([DELETE, NOT_FOUND], {}, {"lost or altered"}),
    ([DELETE, FAILED], {}, {"lost or altered"}),
    ([DELETE, FAILED], {"a": ["1"]}, set()),
]
GROUPS: list[tuple[list[Entry], Held, set[str]]] = [
    (TOGETHER, {}, set()),
    (TOGETHER, {"a": ["1"], "b": ["2"]}, set()),
    (TOGETHER, {"a": ["1"]}, {"torn"}),
    ([*TOGETHER, *BOTH], {"b": ["2"]}, {"torn", "lost or altered"}),
]


@pytest.mark.parametrize(("entries", "stored", "wrong"), DELETIONS)
def test_what_is_deleted_is_gone(entries: list[Entry], stored: Held, wrong: set[str]) -> None:
    assert said(Account([ASKED, STORED, *entries]), stored) == wrong


@pytest.mark.parametrize(("entries", "stored", "wrong"), GROUPS)
def test_a_group_is_stored_whole_or_not_at_all(
    entries: list[Entry], stored: Held, wrong: set[str]
) -> None:
    assert said(Account(entries), stored) == wrong


def said(account: Account, stored: Held) -> set[str]:
    return {one.partition(":")[0] for one in account.findings(stored)}


class Cut(httpx.AsyncByteStream):
    """An answer that breaks off."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece
        raise httpx.ReadError("cut off")


async def test_items_count_as_they_come(tmp_path: Path) -> None:
    pieces = [
        b'{"items":[{"index":0,"status":201,"ecg',
        b'_id":"1"},{"index":1,"status":422,"problem":{"status":422}},{"index":2,"sta',
    ]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, stream=Cut(pieces)))
    sender = Sender.on(tmp_path / "ledger")
    async with httpx.AsyncClient(base_url="http://ecg", transport=transport) as user:
        with pytest.raises(httpx.ReadError):
            await sender.post_batch(user, batch(3, sizes=(1,)), "application/x-ndjson")
    first, second, *others = sender.ledger.attempts.values()
    assert (first.ecg_ids, first.unknown) == ({"1"}, 0)
    assert (second.ecg_ids, second.unknown) == (set(), 0)
    assert {one.unknown for one in others} == {1}
