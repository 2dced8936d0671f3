"""`ecg export`: its options, and one run of it."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO

import click
import httpx

from ecg_service.cli.console import counter
from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.export.archive import Archive
from ecg_service.cli.export.reading import Gone, Reading
from ecg_service.cli.options import password_file_option
from ecg_service.cli.remote import LOCAL_URL, basic_auth, http_url
from ecg_service.cli.runtime import interruptible, run
from ecg_service.cli.send.client import route_to
from ecg_service.cli.send.delivery import Delivery
from ecg_service.cli.send.retries import Retries

MEDIA_TYPES = {"json": "application/json", "msgpack": "application/msgpack"}
RETRIES = 5


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--url", callback=http_url, default=LOCAL_URL, show_default=True)
@click.option("--username", envvar="ECG_USERNAME", show_envvar=True, required=True)
@click.option("--format", "kind", type=click.Choice([*MEDIA_TYPES]), default="json")
@password_file_option
@click.pass_context
def export(
    context: click.Context,
    /,
    *,
    folder: Path,
    url: httpx.URL,
    username: str,
    kind: str,
    password_file: BinaryIO | None,
) -> None:
    """Write all ECGs of a user, and what was computed of them, into the new folder FOLDER.

    `ecgs/` and `insights/` have a file for each ECG, manifest.json lists them with their
    checksums, and `sha256sum --check SHA256SUMS` verifies these. The folder is there once it is
    whole; ECGs that come meanwhile may be in it or not. Damaged ECGs are named in the manifest,
    and the command then exits with 1. The password comes from --password-file, ECG_PASSWORD or
    the terminal.
    """
    auth = basic_auth(username, password_file)
    with interruptible(), counter("ECGs exported") as report, Archive.made(folder) as archive:
        damaged = run(_export(archive, url, auth, kind, report))
        archive.finish(
            service=str(url),
            user=username,
            format=kind,
            exported=datetime.now(UTC),
            num_ecgs=len(archive.files) // 2,
            damaged=damaged,
        )
    held = len(archive.files) // 2
    left_out = f"; {len(damaged)} are damaged: {', '.join(damaged)}" if damaged else ""
    click.echo(f"{folder}: exported {held} ECG{'' if held == 1 else 's'} of {username}{left_out}")
    context.exit(REFUSED if damaged else OK)


async def _export(
    archive: Archive,
    url: httpx.URL,
    auth: httpx.BasicAuth,
    kind: str,
    report: Callable[[int], None],
) -> list[str]:
    """Write everything; return the ids of what is damaged."""
    route, damaged = route_to(url), list[str]()
    async with route.client(auth, jobs=2) as client:
        retries = Retries(RETRIES)
        await Delivery(client, retries, str(route)).sign_in("export")
        reading = Reading(client, retries, MEDIA_TYPES[kind])
        async for entry in reading.ecgs():
            if entry.damaged is True:
                damaged.append(entry.ecg_id)
            else:
                await _add(archive, reading, entry.ecg_id, kind)
            report(len(archive.files) // 2)
    return damaged


async def _add(archive: Archive, reading: Reading, ecg_id: str, kind: str) -> None:
    """Add an ECG and its insights, unless it was deleted meanwhile."""
    contents = {"ecgs": f"/ecg/{ecg_id}", "insights": f"/ecg/{ecg_id}/insights"}
    with suppress(Gone), archive.together():
        for folder, path in contents.items():
            await archive.add(f"{folder}/{ecg_id}.{kind}", partial(reading.content, path))
