"""Users in SQLite."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Concatenate, ParamSpec
from urllib.parse import unquote_to_bytes

import apsw

from ecg_service.adapters.rows.shown import shown
from ecg_service.adapters.rows.users import COLUMNS, to_row, to_user
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.engine.trail import Trail
from ecg_service.adapters.sqlite.rows.sealed import UNREADABLE, select
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import DamagedUser, UserExists, UserNotFound
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.users import UnreadableUser, User, changed, require_unused
from ecg_service.ports.users import UserRepository

P = ParamSpec("P")

ADD = f"INSERT INTO users ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
ANY = "SELECT 1 FROM users LIMIT 1"
# Names are bytes where they may be damaged.
GET = f"SELECT {COLUMNS} FROM users WHERE name = CAST(? AS TEXT)"  # noqa: S608
PAGE = """
    SELECT CAST(name AS BLOB) FROM users WHERE name > CAST(? AS TEXT) ORDER BY name LIMIT ?
"""
EPOCH = "SELECT CAST(epoch AS INTEGER) FROM users WHERE name = ?"
PUT = """
    UPDATE users
    SET role = ?2, password_hash = ?3, created = ?4, disabled = ?5, epoch = ?6, checksum = ?7
    WHERE name = ?1
"""
ANY_ECG = "SELECT 1 FROM ecgs WHERE owner = ? LIMIT 1"
REMOVE = (
    "DELETE FROM users WHERE name = ?",
    "DELETE FROM identities WHERE name = ?",
    "DELETE FROM grants WHERE owner = ?",
    "DELETE FROM audit_names WHERE name = ?",
)
"""A user, and what names them."""
OTHER_ADMINS = "SELECT CAST(name AS BLOB) FROM users WHERE role = 'ADMIN' AND name != ?"

logger = logging.getLogger(__name__)


class SqliteUsers(UserRepository):
    """The users of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, user: User, *, by: Principal | None = None) -> None:
        if not await self._engine.write(_noting(self._engine.trail, add_user, user, by), user, by):
            raise UserExists

    async def add_first(self, user: User) -> bool:
        return await self._engine.write(_noting(self._engine.trail, _add_first, user), user)

    async def get(self, name: str) -> User:
        return await self._engine.read(get_user, name)

    async def page(self, *, limit: int, after: str = "") -> list[User | UnreadableUser]:
        return await self._engine.read(_page, unquote_to_bytes(after), limit)

    async def update(
        self,
        name: str,
        *,
        password_hash: str | None = None,
        disabled: bool | None = None,
        sign_out: bool = False,
        by: Principal | None = None,
    ) -> User:
        events = actions.changed(
            by, name, password_hash=password_hash, disabled=disabled, sign_out=sign_out
        )
        update = self._engine.trail.noting(_update, lambda _: events)
        return await self._engine.write_even_if_full(
            update, name, password_hash, by, disabled=disabled, sign_out=sign_out
        )

    async def remove(self, name: str) -> None:
        await self._engine.write_even_if_full(_remove, self._engine.trail, name)


def _noting(
    trail: Trail,
    add: Callable[Concatenate[apsw.Connection, P], bool],
    user: User,
    by: Principal | None = None,
) -> Callable[Concatenate[apsw.Connection, P], bool]:
    return trail.noting(add, lambda added: [actions.created(by, user)] if added else [])


def _remove(connection: apsw.Connection, trail: Trail, name: str) -> None:
    user = None
    with suppress(DamagedUser):
        user = get_user(connection, name)
    require_unused(user, has_ecgs=bool(execute(connection, ANY_ECG, name)))
    trail.append(connection, [actions.erased(name)])  # which needs the name
    for statement in REMOVE:
        execute(connection, statement, name)


def epoch_of(connection: apsw.Connection, name: str) -> int | None:
    """Return the epoch of a user, if there is one."""
    for (epoch,) in execute(connection, EPOCH, name):
        return epoch
    return None


def add_user(connection: apsw.Connection, user: User, by: Principal | None = None) -> bool:
    """Store a new user; return whether the name was free."""
    require_current(by, partial(epoch_of, connection))
    execute(connection, ADD, *to_row(user))
    return connection.changes() == 1


def _add_first(connection: apsw.Connection, user: User) -> bool:
    return not execute(connection, ANY) and add_user(connection, user)


def get_user(connection: apsw.Connection, name: str | bytes) -> User:
    """Return the user, or raise `UserNotFound`, or `DamagedUser`."""
    for row in select(connection, GET, name, damaged=DamagedUser):
        return to_user(row)
    raise UserNotFound


def _page(connection: apsw.Connection, after: bytes, limit: int) -> list[User | UnreadableUser]:
    return [_listed(connection, name) for (name,) in execute(connection, PAGE, after, limit)]


def _listed(connection: apsw.Connection, name: bytes) -> User | UnreadableUser:
    with suppress(*UNREADABLE):
        return get_user(connection, name)
    logger.error("a user is damaged")
    return UnreadableUser(shown(name))


def _update(
    connection: apsw.Connection,
    name: str,
    password_hash: str | None,
    by: Principal | None,
    *,
    disabled: bool | None,
    sign_out: bool,
) -> User:
    require_current(by, partial(epoch_of, connection))
    user = changed(
        get_user(connection, name),
        password_hash=password_hash,
        disabled=disabled,
        sign_out=sign_out,
        another_admin=partial(_any_admin_beside, connection, name),
    )
    execute(connection, PUT, *to_row(user))
    return user


def _any_admin_beside(connection: apsw.Connection, name: str) -> bool:
    admins = execute(connection, OTHER_ADMINS, name)
    found = (_listed(connection, admin) for (admin,) in admins)
    return any(isinstance(user, User) and user.is_enabled_admin for user in found)
