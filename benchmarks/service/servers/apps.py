"""The servers written with Litestar: `python -m benchmarks.service.servers.apps NAME PORT`."""

import sys
from typing import Any

import uvloop
from litestar import Litestar, Request, get, post
from litestar.handlers import HTTPRouteHandler

from benchmarks.workloads import SIZES, body
from ecg_service.bootstrap.process import tune
from ecg_service.bootstrap.server import bind, serve, stop_signals
from ecg_service.server import HttpServer
from ecg_service.settings import Settings, load

HOST = "127.0.0.1"


def empty(max_body_bytes: int) -> Litestar:
    """Make handlers that read a body and do nothing with it, or answer with an ECG ready-made."""

    @post("/ecg")
    async def read(request: Request[Any, Any, Any]) -> None:
        await request.body()

    @get("/health/live")
    async def live() -> None:
        return None

    return Litestar(
        [read, live, *(_ready(samples) for samples in SIZES.values())],
        openapi_config=None,
        logging_config=None,
        request_max_body_size=max_body_bytes,
    )


def _ready(samples: int) -> HTTPRouteHandler:
    answer = body(samples)

    @get(f"/ready/{samples}", media_type="application/json")
    async def ready() -> bytes:
        return answer

    return ready


async def serve_empty(settings: Settings, port: int) -> None:
    """Serve the above as the service is served."""
    app = empty(settings.edge.max_body_bytes)
    with stop_signals() as stop:
        tune()
        await HttpServer(app, settings).serve(bind(HOST, port), stop, lambda: None)


async def serve_service(settings: Settings, port: int) -> None:
    """Serve the service as `ecg serve` does."""
    with stop_signals() as stop:
        await serve(settings, bind(HOST, port), stop)


if __name__ == "__main__":
    servers = {"empty": serve_empty, "service": serve_service}
    uvloop.run(servers[sys.argv[1]](load(), int(sys.argv[2])))
