"""Users in SQLite."""

from functools import partial

import apsw

from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import Row, Value, execute
from ecg_service.domain.errors import UserExists, UserNotFound
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.time import from_microseconds, to_microseconds
from ecg_service.domain.users import Role, User, changed
from ecg_service.ports.users import UserRepository

COLUMNS = "name, role, password_hash, created, disabled, epoch"
ADD = f"INSERT INTO users ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
ANY = "SELECT 1 FROM users LIMIT 1"
GET = f"SELECT {COLUMNS} FROM users WHERE name = ?"  # noqa: S608
PAGE = f"SELECT {COLUMNS} FROM users WHERE name > ? ORDER BY name LIMIT ?"  # noqa: S608
EPOCH = "SELECT epoch FROM users WHERE name = ?"
UPDATE = "UPDATE users SET password_hash = ?, disabled = ?, epoch = ? WHERE name = ?"
ANOTHER_ADMIN = "SELECT 1 FROM users WHERE role = 'ADMIN' AND NOT disabled AND name != ? LIMIT 1"


class SqliteUsers(UserRepository):
    """The users of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, user: User, *, by: Principal | None = None) -> None:
        if not await self._engine.write(_add, user, by):
            raise UserExists

    async def add_first(self, user: User) -> bool:
        return await self._engine.write(_add_first, user)

    async def get(self, name: str) -> User:
        return await self._engine.read(_get, name)

    async def page(self, *, limit: int, after: str = "") -> list[User]:
        return await self._engine.read(_page, after, limit)

    async def update(
        self,
        name: str,
        *,
        password_hash: str | None = None,
        disabled: bool | None = None,
        by: Principal | None = None,
    ) -> User:
        return await self._engine.write(_update, name, password_hash, by, disabled=disabled)


def epoch_of(connection: apsw.Connection, name: str) -> int | None:
    """Return the epoch of a user, if there is one."""
    for (epoch,) in execute(connection, EPOCH, name):
        return epoch
    return None


def _add(connection: apsw.Connection, user: User, by: Principal | None = None) -> bool:
    require_current(by, partial(epoch_of, connection))
    execute(connection, ADD, *_to_row(user))
    return connection.changes() == 1


def _add_first(connection: apsw.Connection, user: User) -> bool:
    return not execute(connection, ANY) and _add(connection, user)


def _get(connection: apsw.Connection, name: str) -> User:
    for row in execute(connection, GET, name):
        return _to_user(row)
    raise UserNotFound


def _page(connection: apsw.Connection, after: str, limit: int) -> list[User]:
    return [_to_user(row) for row in execute(connection, PAGE, after, limit)]


def _update(
    connection: apsw.Connection,
    name: str,
    password_hash: str | None,
    by: Principal | None,
    *,
    disabled: bool | None,
) -> User:
    require_current(by, partial(epoch_of, connection))
    user = changed(
        _get(connection, name),
        password_hash=password_hash,
        disabled=disabled,
        another_admin=partial(_any_admin_beside, connection, name),
    )
    execute(connection, UPDATE, user.password_hash, user.disabled, user.epoch, name)
    return user


def _any_admin_beside(connection: apsw.Connection, name: str) -> bool:
    return bool(execute(connection, ANOTHER_ADMIN, name))


def _to_row(user: User) -> tuple[Value, ...]:
    return (
        user.name,
        user.role.value,
        user.password_hash,
        to_microseconds(user.created),
        user.disabled,
        user.epoch,
    )


def _to_user(row: Row) -> User:
    name, role, password_hash, created, disabled, epoch = row
    return User(name, Role(role), password_hash, from_microseconds(created), bool(disabled), epoch)
