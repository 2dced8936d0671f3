"""`ecg send`: its options, and one run of it."""

import sys
from collections.abc import Sequence
from typing import BinaryIO

import click
import httpx

from ecg_service.cli.exits import OK, REFUSED
from ecg_service.cli.options import password_file_option
from ecg_service.cli.remote import LOCAL_URL, basic_auth, http_url
from ecg_service.cli.runtime import run
from ecg_service.cli.send.bundles import BundleLimits
from ecg_service.cli.send.client import route_to
from ecg_service.cli.send.delivery import Delivery
from ecg_service.cli.send.retries import Retries
from ecg_service.cli.send.sources import STDIN, Source, sources
from ecg_service.cli.send.tally import Tally

MAX_JOBS = 64
MAX_RETRIES = 20
MAX_BATCH_ITEMS = 10_000
MAX_BATCH_BYTES = 100_000_000


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--url",
    callback=http_url,
    default=LOCAL_URL,
    show_default=True,
    help="Where the service is.",
)
@click.option("--username", envvar="ECG_USERNAME", show_envvar=True, required=True)
@click.option("--jobs", type=click.IntRange(1, MAX_JOBS), default=4, show_default=True)
@click.option(
    "--retries",
    type=click.IntRange(0, MAX_RETRIES),
    default=5,
    show_default=True,
    help="How often to repeat a request after 429, 503 or a lost connection.",
)
@click.option(
    "--batch-items",
    type=click.IntRange(1, MAX_BATCH_ITEMS),
    default=100,
    show_default=True,
    help="How many ECGs with an id to send in one request.",
)
@click.option(
    "--batch-bytes",
    type=click.IntRange(1, MAX_BATCH_BYTES),
    default=4_000_000,
    show_default=True,
    help="How many bytes they may have together; a larger one is sent by itself.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object per file.")
@password_file_option
@click.pass_context
def send(
    context: click.Context,
    /,
    *,
    files: Sequence[str],
    url: httpx.URL,
    username: str,
    jobs: int,
    retries: int,
    batch_items: int,
    batch_bytes: int,
    as_json: bool,
    password_file: BinaryIO | None,
) -> None:
    """Send JSON files, one ECG in each, to a service; - is standard input.

    The password comes from --password-file, ECG_PASSWORD or the terminal. Each file is stored
    once, however often a request is repeated; for an ECG with an "id" that holds for several runs
    of this command, too. Those with an "id" are sent several in a request, and again one by one
    if that request does not store them; those without are sent one by one, each with a key. Exits
    with 0 if all are stored, and with 1 if not.

    HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY name the proxy, which is never used to reach
    this machine; SSL_CERT_FILE or SSL_CERT_DIR name the certificates that are trusted.
    """
    tally = Tally(len(files), as_json=as_json)
    if STDIN in files and password_file is sys.stdin.buffer:
        raise click.UsageError("Standard input (-) is either an ECG or the password.")
    auth = basic_auth(username, password_file)
    limits = BundleLimits(batch_items, batch_bytes)
    with sources(files) as given, tally:
        run(_send(given, tally, url=url, auth=auth, jobs=jobs, retries=retries, limits=limits))
    tally.show()
    context.exit(OK if tally.complete else REFUSED)


async def _send(
    files: Sequence[Source],
    tally: Tally,
    *,
    url: httpx.URL,
    auth: httpx.BasicAuth,
    jobs: int,
    retries: int,
    limits: BundleLimits,
) -> None:
    route = route_to(url)
    async with route.client(auth, jobs=jobs) as client:
        delivery = Delivery(client, Retries(retries), str(route))
        await delivery.sign_in()
        await delivery.send_all(files, jobs=jobs, limits=limits, report=tally.add)
