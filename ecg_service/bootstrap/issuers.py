"""Reads which identity providers are trusted, and opens them."""

import tomllib
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

import msgspec

from ecg_service.domain.issuers import Issuer, IssuerName
from ecg_service.ports.store import Store
from ecg_service.services.bearer import VerifyToken
from ecg_service.services.external import ExternalUsers
from ecg_service.settings import BadSettings, Settings, variable


def read_issuers(named: str) -> Mapping[str, Issuer]:
    """Return the providers of a TOML file, a table each, by name; raises `ValueError`."""
    path = Path(named)
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"{path}: cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise ValueError(f"{path}: is not TOML: {error}") from error
    return _distinct(path, {name: _issuer(path, name, table) for name, table in tables.items()})


def _issuer(path: Path, name: str, table: object) -> Issuer:
    try:
        msgspec.convert(name, IssuerName)
        return msgspec.convert(table, Issuer)
    except msgspec.ValidationError as error:
        raise ValueError(f"{path}: [{name}]: {error}") from error


def _distinct(path: Path, issuers: dict[str, Issuer]) -> Mapping[str, Issuer]:
    if not issuers:
        raise ValueError(f"{path}: names no identity provider")
    if len({issuer.issuer for issuer in issuers.values()}) < len(issuers):
        raise ValueError(f"{path}: two tables are of one issuer")
    return issuers


RULES: Mapping[str, Callable[[str], object]] = MappingProxyType({"issuers_file": read_issuers})
"""What is allowed, by the name of the setting; each raises `ValueError`."""


@asynccontextmanager
async def opened_issuers(
    settings: Settings, store: Store
) -> AsyncGenerator[Mapping[str, VerifyToken]]:
    """Yield who verifies the tokens of each configured issuer, by its `iss`; raises `BadSettings`."""
    path = settings.issuers.issuers_file
    async with AsyncExitStack() as stack:
        yield {} if path is None else await _opened(stack, path, settings, store)


async def _opened(
    stack: AsyncExitStack, path: str, settings: Settings, store: Store
) -> Mapping[str, VerifyToken]:
    try:
        issuers = read_issuers(path)
    except ValueError as error:
        raise BadSettings(f"{variable('issuers_file')}: {error}") from error
    # As with PostgreSQL: who has no provider need not wait for its libraries.
    adapter = import_module("ecg_service.adapters.oidc")
    limits, verifiers = _limits(settings, adapter.Limits), dict[str, VerifyToken]()
    for name, issuer in issuers.items():
        signatures = await stack.enter_async_context(
            adapter.IssuerSignatures.opened(issuer, limits)
        )
        external = ExternalUsers(name, issuer, signatures, store.identities, store.users)
        verifiers[issuer.issuer] = external.verify
    return verifiers


def _limits(settings: Settings, limits: type) -> object:
    given = settings.issuers
    return limits(
        seconds=given.issuer_seconds,
        max_bytes=given.max_issuer_bytes,
        retry_seconds=given.issuer_retry_seconds,
        rotation_seconds=given.issuer_rotation_seconds,
        refresh_seconds=given.issuer_refresh_seconds,
        keep_seconds=given.issuer_keep_seconds,
    )
