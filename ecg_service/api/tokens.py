"""Routes of tokens: the token endpoint of OAuth 2 (RFC 6749), revocation (RFC 7009), the keys (RFC 7517)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal
from urllib.parse import parse_qsl

from litestar import Controller, Request, Response, get, post
from msgspec import Struct
from msgspec.structs import replace

from ecg_service.api.edge.access.audience import Audience
from ecg_service.api.edge.access.audited import SIGN_IN, origin_of
from ecg_service.api.edge.access.authentication import address_of
from ecg_service.api.edge.bodies import FORM, read_form
from ecg_service.api.edge.observed import seen_of
from ecg_service.api.openapi.declared import JSON, Body, Sent, documented
from ecg_service.api.schemas.tokens import (
    JwkSet,
    OAuthError,
    Revoked,
    TokenIn,
    TokenRevocation,
    TokensOut,
)
from ecg_service.api.state import Services, services_of
from ecg_service.domain.audit.events import USER, Event
from ecg_service.domain.errors import (
    DamagedGrant,
    DamagedUser,
    MissingScope,
    OutcomeUnknown,
    Overloaded,
    RefreshTokenReused,
    StorageFull,
    StorageUnavailable,
    TooManyGuesses,
    Unauthenticated,
)
from ecg_service.domain.principal import Scope
from ecg_service.services.grants.tokens import Tokens

Form = Mapping[str, str]
_Error = Literal["invalid_request", "invalid_scope", "unsupported_grant_type"]
_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}
_TOKENS, _ERROR = Sent(TokensOut, JSON, ("Pragma",)), Sent(OAuthError, JSON, ("Pragma",))
_RAISED = (StorageUnavailable, StorageFull, OutcomeUnknown, Overloaded, DamagedUser, DamagedGrant)


class _Refused(Exception):
    """An error of RFC 6749 §5.2."""

    def __init__(self, error: _Error, description: str) -> None:
        super().__init__(description)
        self.wire = OAuthError(error, description)


class TokenController(Controller):
    """Get, renew and give back tokens."""

    tags = ["Tokens"]
    opt = {"audience": Audience.EVERYBODY}

    @post(
        "/token",
        status_code=200,
        **documented(
            {200: _TOKENS, 400: _ERROR},
            body=Body(TokenIn, [FORM]),
            raises=(TooManyGuesses, *_RAISED),
        ),
    )
    async def grant(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return tokens for a name and password, or for a refresh token."""
        try:
            form = _read(await read_form(request, services_of(request).limits))
            grant = _GRANTS.get(_field(form, "grant_type"))
            if grant is None:
                raise _Refused("unsupported_grant_type", "Use password or refresh_token.")
            found = await grant(form, request)
        except Unauthenticated as error:
            _note_refusal(services_of(request), error, request)
            return _answer(400, OAuthError("invalid_grant"))
        except MissingScope as error:
            return _answer(400, OAuthError("invalid_scope", str(error)))
        except _Refused as refused:
            return _answer(400, refused.wire)
        seen_of(request.scope).principal = found.owner
        return _answer(200, TokensOut.of(found))

    @post(
        "/token/revoke",
        status_code=200,
        **documented(
            {200: Sent(Revoked, JSON, ("Pragma",)), 400: _ERROR},
            body=Body(TokenRevocation, [FORM]),
            raises=_RAISED,
        ),
    )
    async def revoke(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """End the session of a refresh token; a token that is none is no error (RFC 7009 §2.2)."""
        try:
            form = _read(await read_form(request, services_of(request).limits))
            await services_of(request).sessions.end(_field(form, "token"))
        except _Refused as refused:
            return _answer(400, refused.wire)
        return _answer(200, Revoked())

    @get(
        "/.well-known/jwks.json",
        **documented({200: Sent(JwkSet, JSON)}, raises=(StorageUnavailable,)),
    )
    async def keys(self, request: Request[Any, Any, Any]) -> Response[Any]:
        """Return the keys that verify access tokens."""
        return Response(
            await services_of(request).sessions.keys.public(), media_type="application/json"
        )


async def _password(form: Form, request: Request[Any, Any, Any]) -> Tokens:
    services = services_of(request)
    if not services.passwords.roles:
        raise _Refused("unsupported_grant_type", "No password signs in here.")
    name, password = _field(form, "username"), _field(form, "password")
    scopes = _scopes(form)
    principal = await services.passwords.authenticate(name, password, address_of(request.scope))
    if services.audit:
        services.audit.admit()
        principal = replace(principal, origin=origin_of(request.scope, "password"))
    return await services.sessions.begin(principal, scopes)


def _note_refusal(
    services: Services, error: Unauthenticated, request: Request[Any, Any, Any]
) -> None:
    """Note a token that was used twice; of strangers, count the denial."""
    origin = origin_of(request.scope, "session")
    if services.audit is None:
        return
    if isinstance(error, RefreshTokenReused):
        who, session = USER + error.owner, str(error.session)
        services.audit.note(Event("session.reuse", session, "unauthenticated", who, origin))
    else:
        services.audit.deny(SIGN_IN, "unauthenticated", origin.address)


async def _refresh(form: Form, request: Request[Any, Any, Any]) -> Tokens:
    token = _field(form, "refresh_token")
    return await services_of(request).sessions.refresh(token, _scopes(form))


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
    if not form.get("scope"):
        return None
    words = form["scope"].split()
    if not words or not {*words} <= {*Scope}:
        raise _Refused("invalid_scope", f"Scopes are {', '.join(Scope)}.")
    return frozenset(map(Scope, words))


def _answer(status: int, body: Struct) -> Response[Any]:
    return Response(body, status_code=status, media_type="application/json", headers=_NO_STORE)
