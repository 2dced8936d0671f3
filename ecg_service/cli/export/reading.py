"""What a service has of the user who is signed in."""

from collections.abc import AsyncGenerator
from http import HTTPStatus

import httpx
import msgspec

from ecg_service.adapters.http_client import HttpClient
from ecg_service.api.schemas.ecgs import EcgEntry, EcgPage
from ecg_service.cli.exits import Unavailable
from ecg_service.cli.send.answers import problem
from ecg_service.cli.send.retries import Retries

PAGE_SIZE = 100


class Gone(Exception):
    """The ECG is not there any more."""


class Reading:
    """Reads ECGs and their insights in one format, and repeats what is not answered."""

    def __init__(self, client: HttpClient, retries: Retries, media_type: str) -> None:
        self._client = client
        self._retries = retries
        self._media_type = media_type

    async def ecgs(self) -> AsyncGenerator[EcgEntry]:
        """Yield all ECGs, newest first; nothing but the id is known of a damaged one."""
        query: dict[str, str | int] = {"page_size": PAGE_SIZE}
        while True:
            response = await self._answer("/ecg", "application/json", query)
            page = msgspec.json.decode(await response.aread(), type=EcgPage)
            for entry in page.ecgs:
                yield entry
            if page.next_page_token is msgspec.UNSET:
                return
            query = {**query, "page_token": page.next_page_token}

    async def content(self, path: str) -> AsyncGenerator[bytes]:
        """Yield an answer in the format of the export, as it comes."""
        response = await self._answer(path, self._media_type)
        try:
            async for chunk in response.aiter_raw():
                yield chunk
        finally:
            await response.aclose()

    async def _answer(
        self, path: str, media_type: str, query: dict[str, str | int] | None = None
    ) -> httpx.Response:
        headers = {"Accept": media_type, "Accept-Encoding": "identity"}
        request = self._client.build_request("GET", path, params=query, headers=headers)

        async def ask() -> httpx.Response:
            response = await self._client.send(request, stream=True)
            if not response.is_success:
                await response.aread()
            return response

        response = await self._retries.answer(ask)
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise Gone
        if response.status_code != HTTPStatus.OK:
            raise Unavailable(f"{path}: {problem(response)}")
        return response
