"""The HTTP client of this project: httpx, whose errors are httpx's on uvloop, too."""

from typing import Any

import httpx


class HttpClient(httpx.AsyncClient):  # noqa: TID251 - here it is mended
    """A client of which a connection that is reset as it opens fails with `httpx.ConnectError`.

    uvloop forgets the socket of such a connection at once, and anyio, which httpx uses, asks it for
    its peer before anything is sent: `None` has no `getpeername`.
    """

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send as httpx does; raises `httpx.RequestError` and its kinds."""
        try:
            return await super().send(request, **options)
        except AttributeError as error:
            if error.name != "getpeername":
                raise
            reason = "the connection was reset as it opened"
            raise httpx.ConnectError(reason, request=request) from error
