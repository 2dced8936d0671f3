"""The answer to an ECG, the one that is given all day."""

import msgspec
from litestar.types import Receive, Scope, Send

from ecg_service.api.schemas import EcgCreated
from ecg_service.services.ingest import Receipt


class Created:
    """201 with the id and where the ECG is.

    An ASGI application by itself: Litestar's response takes a third of an empty handler's time.
    """

    def __init__(self, receipt: Receipt) -> None:
        ecg_id = str(receipt.ecg_id)
        self._body = msgspec.json.encode(EcgCreated(ecg_id))
        self._headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(self._body)),
            (b"location", b"/ecg/" + ecg_id.encode()),
        ]
        if receipt.replayed:
            self._headers.append((b"idempotency-replayed", b"true"))

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 201, "headers": self._headers})
        await send({"type": "http.response.body", "body": self._body, "more_body": False})
