"""Where a service is that a command asks over HTTP, and as whom; commands that ask none do without httpx."""

import os
from typing import BinaryIO

import click
import httpx

from ecg_service.cli.options import DEFAULTS, read_password
from ecg_service.cli.send.client import SCHEMES

LOCAL_URL = f"http://{DEFAULTS.server.host}:{DEFAULTS.server.port}"


def http_url(_: click.Context, __: click.Parameter, text: str) -> httpx.URL:
    """Return the URL of a service that an option or argument names."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL as error:
        raise click.BadParameter(str(error)) from error
    if url.scheme not in SCHEMES or not url.host:
        raise click.BadParameter("Expected http://HOST:PORT or https://HOST.")
    return url


def basic_auth(username: str, file: BinaryIO | None) -> httpx.BasicAuth:
    """Return credentials; the password is in the file, in ECG_PASSWORD, or is asked for."""
    given = os.environ.get("ECG_PASSWORD") if file is None else None
    password = given or read_password(file, confirm=False)
    return httpx.BasicAuth(username.encode(), password.encode())
