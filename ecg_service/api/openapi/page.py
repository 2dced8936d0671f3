"""The page of the API: Swagger UI, whose files come with the service and ask no other host."""

import asyncio
from functools import cache

from litestar import Controller, Response, get
from litestar.params import FromPath
from swagger_ui_bundle import swagger_ui_path  # pyright: ignore[reportMissingTypeStubs]

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.openapi.declared import Sent, documented
from ecg_service.domain.errors import NotFound

PATH = "/docs"
_TYPES = {
    "swagger-ui.css": "text/css",
    "swagger-ui-bundle.js": "text/javascript",
    "favicon-32x32.png": "image/png",
}
_START = """\
SwaggerUIBundle({
  url: "/schema/openapi.json", dom_id: "#page", deepLinking: true, validatorUrl: null, layout: "BaseLayout",
});
"""
_PAGE = f"""\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>ECG service</title>
<link rel="stylesheet" href="{PATH}/swagger-ui.css">
<link rel="icon" href="{PATH}/favicon-32x32.png">
<div id="page"></div>
<script src="{PATH}/swagger-ui-bundle.js"></script>
<script src="{PATH}/start.js"></script>
</html>
"""
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",  # Swagger UI sets styles of its elements
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {"Content-Security-Policy": _POLICY}
_KEPT = _HEADERS | {"Cache-Control": "public, max-age=3600"}


class PageController(Controller):
    """The page on which the API can be read and tried."""

    path = PATH
    tags = ["About"]
    opt = {"audience": Audience.EVERYBODY}

    @get(**documented({200: Sent(str, ["text/html"])}))
    async def page(self) -> Response[str]:
        """Return the page on which the API can be read and tried."""
        return Response(_PAGE, media_type="text/html", headers=_HEADERS)

    @get("/{file:str}", **documented({200: Sent(str, [*_TYPES.values()])}))
    async def asset(self, file: FromPath[str]) -> Response[bytes]:
        """Return a file of the page."""
        if file == "start.js":
            return Response(_START.encode(), media_type="text/javascript", headers=_KEPT)
        if file not in _TYPES:
            raise NotFound
        content = await asyncio.to_thread(_content, file)
        return Response(content, media_type=_TYPES[file], headers=_KEPT)


@cache
def _content(file: str) -> bytes:
    return (swagger_ui_path / file).read_bytes()
