"""Routes of API keys: each user makes, lists and revokes their own."""

from typing import Any

from litestar import Controller, Request, Response, delete, get, post
from litestar.params import FromPath

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.answers.negotiated import Answer
from ecg_service.api.edge.pages import id_of, next_link
from ecg_service.api.edge.parameters import named_id
from ecg_service.api.edge.queries import read_query
from ecg_service.api.openapi.declared import Body, Sent, documented
from ecg_service.api.schemas import or_unset
from ecg_service.api.schemas.api_keys import ApiKeyCreated, ApiKeyEntry, ApiKeyIn, ApiKeyPage
from ecg_service.api.schemas.queries import ApiKeysQuery
from ecg_service.api.state import current_body, services_of
from ecg_service.domain.errors import GrantNotFound, TooManyGrants


class ApiKeyController(Controller):
    """Make, list and revoke keys for devices; only who signs in as themselves may."""

    path = "/api-keys"
    tags = ["API keys"]
    opt = {"audience": Audience.USERS}

    @post(**documented({201: Sent(ApiKeyCreated)}, body=Body(ApiKeyIn), raises=(TooManyGrants,)))
    async def create(self, request: Request[Any, Any, Any]) -> ApiKeyCreated:
        """Make a key, which is shown this once: `Authorization: Bearer ecg_…` signs in with it."""
        new = await current_body(ApiKeyIn, request)
        made = await services_of(request).api_keys.create(
            request.user.name, new.name, new.scopes, expires=new.expires, by=request.user
        )
        return ApiKeyCreated.of(*made)

    @get(**documented({200: Sent(ApiKeyPage, headers=("Link",))}, query=ApiKeysQuery))
    async def page(self, request: Request[Any, Any, Any]) -> Response[ApiKeyPage]:
        """List your keys in the order in which they were made."""
        query = read_query(ApiKeysQuery, request)
        found, last = await services_of(request).api_keys.page(
            request.user.name, limit=query.page_size, after=id_of(query.page_token)
        )
        token = str(last) if last else None
        body = ApiKeyPage([*map(ApiKeyEntry.of, found)], or_unset(token))
        return Answer(body, headers=next_link(request, token))

    @delete("/{key_id:str}", **documented({204: Sent()}, raises=(GrantNotFound,)))
    async def revoke(self, request: Request[Any, Any, Any], key_id: FromPath[str]) -> None:
        """Revoke a key: within a second it opens nothing any more, wherever it is used."""
        await services_of(request).api_keys.revoke(
            request.user.name, named_id(key_id), by=request.user
        )
