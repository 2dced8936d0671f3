"""Routes of tokens: the token endpoint of OAuth 2 (RFC 6749), revocation (RFC 7009), the keys (RFC 7517)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.access.authentication import address_of
from ecg_service.api.edge.bodies import read_form
from ecg_service.api.state import services_of
from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Scope
from ecg_service.services.grants.sessions import Tokens

Form = Mapping[str, str]
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class _Refused(Exception):
    """An error of RFC 6749 §5.2."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error


class TokenController(Controller):
    """Get, renew and give back tokens."""

    tags = ["Tokens"]
    opt = {"audience": Audience.EVERYBODY}
    include_in_schema = False

    @post("/token", status_code=200)
    async def grant(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return tokens for a name and password, or for a refresh token."""
        try:
            form = _read(await read_form(request, services_of(request).limits))
            grant = _GRANTS.get(_field(form, "grant_type"))
            if grant is None:
                raise _Refused("unsupported_grant_type", "Use password or refresh_token.")
            found = await grant(form, request)
        except Unauthenticated:
            return _answer(400, {"error": "invalid_grant"})
        except _Refused as refused:
            return _answer(400, {"error": refused.error, "error_description": str(refused)})
        return _answer(200, _wire(found))

    @post("/token/revoke", status_code=200)
    async def revoke(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """End the session of a refresh token; a token that is none is no error (RFC 7009 §2.2)."""
        try:
            form = _read(await read_form(request, services_of(request).limits))
            await services_of(request).sessions.end(_field(form, "token"))
        except _Refused as refused:
            return _answer(400, {"error": refused.error, "error_description": str(refused)})
        return _answer(200, {})

    @get("/.well-known/jwks.json")
    async def keys(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return the keys that verify access tokens."""
        return Response(
            await services_of(request).sessions.keys.public(), media_type="application/json"
        )


async def _password(form: Form, request: Request[Any, Any, Any]) -> Tokens:
    services = services_of(request)
    name, password = _field(form, "username"), _field(form, "password")
    scopes = _scopes(form)
    principal = await services.passwords.authenticate(name, password, address_of(request.scope))
    return await services.sessions.begin(principal, scopes)


async def _refresh(form: Form, request: Request[Any, Any, Any]) -> Tokens:
    return await services_of(request).sessions.refresh(_field(form, "refresh_token"))


_GRANTS: dict[str, Callable[[Form, Request[Any, Any, Any]], Awaitable[Tokens]]] = {
    "password": _password,
    "refresh_token": _refresh,
}


def _read(body: bytes) -> Form:
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, strict_parsing=True, max_num_fields=20
        )
    except ValueError as error:
        raise _Refused("invalid_request", "The body is no form.") from error
    form = dict(pairs)
    if len(form) != len(pairs):
        raise _Refused("invalid_request", "A parameter is repeated.")
    return form


def _field(form: Form, name: str) -> str:
    if not form.get(name):
        raise _Refused("invalid_request", f"{name} is missing.")
    return form[name]


def _scopes(form: Form) -> frozenset[Scope] | None:
    """Return the scopes that are asked for, or None for all that the role allows."""
    try:
        return frozenset(map(Scope, form["scope"].split())) if form.get("scope") else None
    except ValueError as error:
        raise _Refused("invalid_scope", f"Scopes are {', '.join(Scope)}.") from error


def _wire(tokens: Tokens) -> dict[str, Any]:
    wire = {
        "access_token": tokens.access_token,
        "token_type": "Bearer",
        "expires_in": tokens.seconds,
        "refresh_token": tokens.refresh_token,
    }
    return wire if tokens.scopes is None else wire | {"scope": " ".join(sorted(tokens.scopes))}


def _answer(status: int, body: Any) -> Response[Any]:  # noqa: ANN401 - a JSON object
    return Response(body, status_code=status, media_type="application/json", headers=_NO_STORE)
