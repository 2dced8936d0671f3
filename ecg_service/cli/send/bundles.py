"""Several ECGs in one request.

Only those with an `id`, which makes it safe to send them again: what a bundle is not known to have
stored, for whatever reason, is sent by itself.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import httpx
import msgspec

from ecg_service.adapters.http_client import HttpClient
from ecg_service.api.schemas.batches import BatchOut
from ecg_service.cli.send.sources import Body, Source

NO_ROUTE = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
"""Answers of an older service, which takes no batches."""


@dataclass(frozen=True, slots=True)
class BundleLimits:
    """How many ECGs go in one request, and how many bytes they may have together."""

    items: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Packed:
    """A file, and its document as a line, empty if it has to be sent by itself."""

    source: Source
    line: bytes = b""


class _Identified(msgspec.Struct):
    id: str


_check = msgspec.json.Decoder(_Identified).decode


def bundles(files: Iterable[Source], limits: BundleLimits) -> Iterator[list[Packed]]:
    """Yield the files in bundles; one that has to be sent by itself does not end a bundle."""
    bundle: list[Packed] = []
    size = 0
    for file in files:
        packed = _packed(file, limits)
        if not packed.line:
            yield [packed]
            continue
        if len(bundle) == limits.items or size + len(packed.line) > limits.bytes:
            yield bundle
            bundle, size = [], 0
        bundle.append(packed)
        size += len(packed.line)
    if bundle:
        yield bundle


def _packed(file: Source, limits: BundleLimits) -> Packed:
    if limits.items == 1:
        return Packed(file)
    try:
        with file.opened() as body:
            return Packed(file, _line(body, limits.bytes))
    except OSError:  # whoever sends it by itself says so
        return Packed(file)


def _line(body: Body, max_bytes: int) -> bytes:
    """Return JSON that has an id, as one line; nothing for any other document."""
    if body.size >= max_bytes:
        return b""
    document = body.read(max_bytes)
    try:
        _check(document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return b""
    # In valid JSON, line ends are between tokens only.
    return document.replace(b"\n", b" ") + b"\n"


class Bundles:
    """Posts bundles, until the service turns out to have no route for them."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._has_route = True

    async def post(self, bundle: Sequence[Packed]) -> Mapping[int, str]:
        """Return the ids of the ECGs that are stored, by place; of the others nothing is known."""
        if len(bundle) == 1 or not self._has_route:
            return {}
        try:
            response = await self._post([packed.line for packed in bundle])
        except httpx.TransportError:
            return {}
        self._has_route = response.status_code not in NO_ROUTE
        return _stored(response)

    async def _post(self, lines: Sequence[bytes]) -> httpx.Response:
        headers = {
            "Content-Type": "application/x-ndjson",
            "Content-Length": str(sum(map(len, lines))),
        }
        return await self._client.post("/ecg/batch", content=_chunks(lines), headers=headers)


async def _chunks(lines: Iterable[bytes]) -> AsyncGenerator[bytes]:
    for line in lines:
        yield line


def _stored(response: httpx.Response) -> dict[int, str]:
    if response.status_code != HTTPStatus.OK:
        return {}
    try:
        items = msgspec.json.decode(response.content, type=BatchOut).items
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {item.index: item.ecg_id for item in items if isinstance(item.ecg_id, str)}
