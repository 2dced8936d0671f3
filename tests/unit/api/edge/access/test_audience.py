from typing import Any

import pytest
from litestar import Litestar, WebSocket, asgi, get, post, websocket
from litestar.exceptions import ImproperlyConfiguredException
from litestar.types import Receive, Scope, Send

from ecg_service.api.edge.access.audience import Audience, require_audiences

USERS = {"audience": Audience.USERS}


@get("/a", opt=USERS)
async def declared() -> None: ...


@post("/a")
async def undeclared() -> None: ...


@get("/a", opt={"audience": "USERS"})
async def misspelled() -> None: ...


@asgi("/mounted", copy_scope=True)
async def mounted(scope: Scope, receive: Receive, send: Send) -> None: ...


@websocket("/socket")
async def socket(socket: WebSocket[Any, Any, Any]) -> None: ...


def routes(*handlers: Any) -> Any:
    return Litestar([*handlers], openapi_config=None).routes


def test_routes_that_declare_theirs_are_served() -> None:
    require_audiences(routes(declared))


@pytest.mark.parametrize(
    ("handler", "path"),
    [(undeclared, "/a"), (misspelled, "/a"), (mounted, "/mounted"), (socket, "/socket")],
)
def test_a_route_that_declares_none_is_named(handler: Any, path: str) -> None:
    with pytest.raises(ImproperlyConfiguredException, match=path):
        require_audiences(routes(handler))


def test_one_method_does_not_answer_for_another() -> None:
    with pytest.raises(ImproperlyConfiguredException, match="undeclared") as refused:
        require_audiences(routes(declared, undeclared))
    assert "(declared)" not in str(refused.value)
