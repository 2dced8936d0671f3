"""What is measured, and beside what: the one table of `just bench service`."""

import gzip
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import MappingProxyType

import msgspec

from benchmarks.core.documents import with_bytes
from benchmarks.service.load.wrk import Request
from benchmarks.service.servers.running import LATER, NONE
from benchmarks.service.servers.stores import HOUR
from benchmarks.workloads import SIZES, body

LARGE, SMALL = SIZES
BATCH = 100
JSON, MSGPACK = "application/json", "application/msgpack"


@dataclass(frozen=True, slots=True, eq=False)
class Host:
    """A server with a database of its own, on tmpfs or on disk."""

    server: str
    on_disk: bool = False
    settings: Mapping[str, str] = field(default_factory=lambda: NONE)
    is_peer: bool = False

    @property
    def is_service(self) -> bool:
        return self.server == "service"

    @property
    def has_insights(self) -> bool:
        return self.is_service and self.settings is not LATER


EMPTY, SERVICE, ON_DISK = Host("empty"), Host("service"), Host("service", on_disk=True)
WITHOUT_INSIGHTS = Host("service", settings=LATER)
AUDITED, COUNTED = Host("service", settings=MappingProxyType({"ECG_AUDIT": "on"})), Host("counted")
PLAIN, AXUM = Host("plain", is_peer=True), Host("axum", is_peer=True)
PLAIN_ON_DISK = Host("plain", on_disk=True, is_peer=True)


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A request, as each size asks it of a host; a read is told the id of a stored ECG."""

    name: str
    host: Host
    request: Callable[[str, str], Request]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """How many times the rate of `beside` that of `row` is, and has to be, by size."""

    row: Row
    beside: Row
    goals: Mapping[str, float | None]


def _post(size: str, _: str) -> Request:
    return Request(body=body(SIZES[size]), headers={"Content-Type": JSON})


def _post_by_few(size: str, _: str) -> Request:
    """FastAPI answers no more with 32 connections, and its threads wait for one another."""
    return Request(body=body(SIZES[size]), headers={"Content-Type": JSON}, connections=4)


def _gzip(size: str, _: str) -> Request:
    packed = gzip.compress(body(SIZES[size]), 6)
    return Request(body=packed, headers={"Content-Type": JSON, "Content-Encoding": "gzip"})


def _msgpack(size: str, _: str) -> Request:
    return Request(body=_document(size), headers={"Content-Type": MSGPACK})


def _batch(size: str, _: str) -> Request:
    return _of_many(body(SIZES[size]) + b"\n", "application/x-ndjson")


def _msgpack_batch(size: str, _: str) -> Request:
    document = _document(size)
    framed = struct.pack(">I", len(document)) + document
    return _of_many(framed, "application/vnd.ecg.msgpack-stream")


def _of_many(item: bytes, media_type: str) -> Request:
    headers = {"Content-Type": media_type}
    return Request("/ecg/batch", BATCH * item, headers, items=BATCH, connections=2)


@cache
def _document(size: str) -> bytes:
    return msgspec.msgpack.encode(with_bytes(SIZES[size], bytes))


def _get(path: str, **headers: str) -> Callable[[str, str], Request]:
    def request(size: str, ecg_id: str) -> Request:
        filled = path.format(id=ecg_id, samples=SIZES.get(size))
        return Request(filled, headers=headers, connections=16)

    return request


NOTHING = Row("empty handler", EMPTY, _post)
READY = Row("ready-made answer", EMPTY, _get("/ready/{samples}"))
ALONE = Row("insights left for later", WITHOUT_INSIGHTS, _post)
FASTAPI = Row("FastAPI", PLAIN, _post_by_few)
FASTAPI_ON_DISK = Row("FastAPI, on disk", PLAIN_ON_DISK, _post_by_few)
RUST = Row("axum", AXUM, _post)
SINGLE = Row("POST", SERVICE, _post)
SINGLE_ON_DISK = Row("POST, on disk", ON_DISK, _post)
BATCHES = Row(f"batches of {BATCH}", SERVICE, _batch)
BINARY = Row("POST msgpack", SERVICE, _msgpack)
BINARY_BATCHES = Row(f"batches of {BATCH} msgpack", SERVICE, _msgpack_batch)
PACKED = Row("POST gzip", SERVICE, _gzip)
WHOLE = Row("GET", SERVICE, _get("/ecg/{id}"))
WHOLE_BINARY = Row("GET msgpack", SERVICE, _get("/ecg/{id}", Accept=MSGPACK))
AUDITED_SINGLE = Row("POST, audited", AUDITED, _post)
AUDITED_BATCHES = Row(f"batches of {BATCH}, audited", AUDITED, _batch)
AUDITED_HEAD = Row("GET without samples, audited", AUDITED, _get("/ecg/{id}?signals=false"))
AUDITED_WHOLE = Row("GET, audited", AUDITED, _get("/ecg/{id}"))
COUNTED_SINGLE = Row("POST, counted for metrics", COUNTED, _post)
HEAD = Row("GET without samples", SERVICE, _get("/ecg/{id}?signals=false"))
INSIGHTS = Row("GET insights", SERVICE, _get("/ecg/{id}/insights"))
WINDOW = Row("GET 500 samples", SERVICE, _get("/ecg/{id}/leads/0?start=0&stop=500"))
POINTS = Row("GET 2,000 points", SERVICE, _get("/ecg/{id}/leads/0?max_points=2000"))

_ANY: Mapping[str, float | None] = MappingProxyType({LARGE: None, SMALL: None})
COMPARISONS = (
    Comparison(SINGLE, ALONE, {LARGE: 0.85, SMALL: 0.85}),
    Comparison(SINGLE, FASTAPI, {LARGE: 100, SMALL: 100}),
    Comparison(SINGLE_ON_DISK, FASTAPI_ON_DISK, _ANY),
    Comparison(SINGLE, RUST, {LARGE: 4, SMALL: 1.3}),
    Comparison(SINGLE, NOTHING, {LARGE: 0.25, SMALL: 0.45}),
    Comparison(SINGLE_ON_DISK, SINGLE, _ANY),
    Comparison(BATCHES, SINGLE, {LARGE: 1.3, SMALL: 3}),
    Comparison(BINARY, SINGLE, {LARGE: 1.5, SMALL: None}),
    Comparison(BINARY_BATCHES, BATCHES, _ANY),
    Comparison(PACKED, SINGLE, _ANY),
    Comparison(WHOLE, READY, {LARGE: 0.45, SMALL: None}),
    Comparison(WHOLE_BINARY, WHOLE, {LARGE: 0.9, SMALL: 0.75}),
    Comparison(HEAD, WHOLE, _ANY),
    Comparison(INSIGHTS, WHOLE, _ANY),
    Comparison(WINDOW, WHOLE, _ANY),
    Comparison(POINTS, WINDOW, {HOUR: None}),
    Comparison(AUDITED_SINGLE, SINGLE, {LARGE: 0.95, SMALL: 0.95}),
    Comparison(AUDITED_BATCHES, BATCHES, {SMALL: 0.95}),
    Comparison(AUDITED_WHOLE, WHOLE, {LARGE: 0.95}),
    Comparison(AUDITED_HEAD, HEAD, {SMALL: 0.95}),
)
