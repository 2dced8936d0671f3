"""Writes the files of this folder that are made from the code; with `--check` names those that differ."""

import asyncio
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

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


async def openapi() -> str:
    """Return the OpenAPI document as a service answers it."""
    given = Settings(
        store=StoreSettings("memory://"), admin=AdminSettings("admin", SecretStr("of nobody"))
    )
    async with running_services(given) as services:
        app = httpx.ASGITransport(create_app(services))  # pyright: ignore[reportArgumentType]
        async with httpx.AsyncClient(transport=app, base_url="http://ecg") as anyone:
            return (await anyone.get("/schema/openapi.json")).text


@cache
def document() -> str:
    return asyncio.run(openapi())


FILES: dict[str, Callable[[], str]] = {
    "api.md": lambda: routes.page(document()),
    "cli.md": commands.reference,
    "metrics.md": metrics.reference,
    "openapi.json": document,
    "problems.md": pages.document,
    "settings.md": reference,
}


def main() -> None:
    made = {FOLDER / name: make() for name, make in FILES.items()}
    old = [path for path, text in made.items() if not path.exists() or path.read_text() != text]
    if "--check" in sys.argv and old:
        sys.exit(f"Run `just generate`: {', '.join(path.name for path in old)}")
    for path in old:
        path.write_text(made[path])


main()
