"""Writes the files of this folder that are made from the code; with `--check` names those that differ."""

import asyncio
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import access
import asvs
import httpx
import routes
from typed_settings import SecretStr

from ecg_service.api.app import create_app
from ecg_service.api.problems import pages
from ecg_service.bootstrap.metrics import reference as metrics
from ecg_service.bootstrap.service import running_services
from ecg_service.cli import reference as commands
from ecg_service.settings import AdminSettings, Settings, StoreSettings
from ecg_service.settings.reference import reference

FOLDER = Path(__file__).parent


async def application() -> tuple[str, str]:
    """Return the OpenAPI document as a service answers it, and the page about who may do what."""
    given = Settings(
        store=StoreSettings("memory://"), admin=AdminSettings("admin", SecretStr("of nobody"))
    )
    async with running_services(given) as services:
        app = create_app(services)
        transport = httpx.ASGITransport(app)  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=transport, base_url="http://ecg") as anyone:
            document = (await anyone.get("/schema/openapi.json")).text
        return document, access.page(await access.places(app))


@cache
def made() -> tuple[str, str]:
    return asyncio.run(application())


def document() -> str:
    return made()[0]


FILES: dict[str, Callable[[], str]] = {
    "access.md": lambda: made()[1],
    "asvs.md": asvs.page,
    "api.md": lambda: routes.page(document()),
    "cli.md": commands.reference,
    "metrics.md": metrics.reference,
    "openapi.json": document,
    "problems.md": pages.document,
    "settings.md": reference,
}


def main() -> None:
    texts = {FOLDER / name: make() for name, make in FILES.items()}
    old = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv and old:
        sys.exit(f"Run `just generate`: {', '.join(path.name for path in old)}")
    for path in old:
        path.write_text(texts[path])


main()
