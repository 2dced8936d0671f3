"""A collector of traces: takes OTLP over HTTP, as those of OpenTelemetry, Jaeger and Tempo do."""

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.processes import eventually

NONE = ""
PATH = "/v1/traces"


@dataclass(frozen=True)
class Span:
    """A span as it was exported."""

    name: str
    kind: int
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    facts: dict[str, Any]
    start: int
    end: int
    failed: bool
    resource: dict[str, Any]


@dataclass
class Collector:
    """What has come; while it `is_stuck` it takes requests and does not answer them."""

    url: str
    spans: list[Span] = field(default_factory=list[Span])
    raw: list[bytes] = field(default_factory=list[bytes])
    headers: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    flows: threading.Event = field(default_factory=threading.Event)
    asked: threading.Event = field(default_factory=threading.Event)
    status: int = 200

    def named(self, name: str) -> list[Span]:
        return [span for span in self.spans if span.name == name]

    def one(self, name: str) -> Span:
        """Wait for the only span of this name."""
        eventually(lambda: bool(self.named(name)))
        [span] = self.named(name)
        return span

    def take(self, path: str, headers: dict[str, str], body: bytes) -> int:
        self.asked.set()
        self.flows.wait()
        if path != PATH or self.status != 200:
            return self.status if path == PATH else 404
        self.headers.append(headers)
        self.raw.append(body)
        for group in ExportTraceServiceRequest.FromString(body).resource_spans:
            resource = _facts(group.resource.attributes)
            self.spans += [
                _span(one, resource) for scope in group.scope_spans for one in scope.spans
            ]
        return 200


def _span(one: Any, resource: dict[str, Any]) -> Span:
    return Span(
        one.name,
        one.kind,
        one.trace_id.hex(),
        one.span_id.hex(),
        one.parent_span_id.hex(),
        tuple(link.span_id.hex() for link in one.links),
        _facts(one.attributes),
        one.start_time_unix_nano,
        one.end_time_unix_nano,
        one.status.code == 2,
        resource,
    )


def _facts(attributes: Any) -> dict[str, Any]:
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in attributes}


@contextmanager
def collecting() -> Generator[Collector]:
    """Run a collector on a free port until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = it.take(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        it = Collector(f"http://127.0.0.1:{server.server_port}")
        it.flows.set()
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield it
        finally:
            it.flows.set()
            server.shutdown()
            thread.join()
