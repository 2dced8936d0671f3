"""Users in PostgreSQL."""

import logging
from contextlib import suppress
from urllib.parse import unquote_to_bytes

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection, Record, count_of
from ecg_service.adapters.postgres.tables import USERS
from ecg_service.adapters.rows.shown import shown
from ecg_service.adapters.rows.users import to_row, to_user
from ecg_service.domain import principal
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import Damaged, DamagedUser, UserExists, UserNotFound
from ecg_service.domain.principal import Principal
from ecg_service.domain.users import UnreadableUser, User, changed, require_unused
from ecg_service.ports.users import UserRepository

# Whoever checks an epoch keeps users from changing until the transaction ends; who changes one
# waits for all of those, and waiting comes before any that begin later.
LOCK_USERS = "LOCK TABLE users IN ROW SHARE MODE"
LOCK_TO_CHANGE = "LOCK TABLE users IN EXCLUSIVE MODE"
ADD = f"""
    INSERT INTO users ({USERS.columns}) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING
"""  # noqa: S608
ANY = "SELECT EXISTS (SELECT FROM users)"
GET = f"SELECT {USERS.columns} FROM users WHERE name = $1"  # noqa: S608
PAGE = f"SELECT {USERS.columns} FROM users WHERE name > $1 ORDER BY name LIMIT $2"  # noqa: S608
EPOCHS = "SELECT name, epoch FROM users WHERE name = ANY($1::bytea[])"
PUT = """
    UPDATE users
    SET role = $2, password_hash = $3, created = $4, disabled = $5, epoch = $6, checksum = $7
    WHERE name = $1
"""
ANY_ECG = "SELECT EXISTS (SELECT FROM ecgs WHERE owner = $1)"
REMOVE = (
    "DELETE FROM users WHERE name = $1",
    "DELETE FROM identities WHERE name = $1",
    "DELETE FROM grants WHERE owner = $1",
    "DELETE FROM audit_names WHERE name = $1",
)
"""A user, and what names them."""
OTHER_ADMINS = f"SELECT {USERS.columns} FROM users WHERE role = 'ADMIN' AND name != $1"  # noqa: S608

logger = logging.getLogger(__name__)


class PostgresUsers(UserRepository):
    """The users of a `PostgresStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def add(self, user: User, *, by: Principal | None = None) -> None:
        async def add(connection: Connection) -> None:
            await require_current(connection, by)
            if not await add_user(connection, user):
                raise UserExists

        await self._engine.write(
            add, locks=LOCK_TO_CHANGE, note=lambda _: [actions.created(by, user)]
        )

    async def add_first(self, user: User) -> bool:
        async def add(connection: Connection) -> bool:
            return not await connection.fetchval(ANY) and await add_user(connection, user)

        return await self._engine.write(
            add,
            locks=LOCK_TO_CHANGE,
            wrote=bool,
            note=lambda added: [actions.created(None, user)] if added else [],
        )

    async def get(self, name: str) -> User:
        return await self._engine.read(lambda connection: get_user(connection, name))

    async def page(self, *, limit: int, after: str = "") -> list[User | UnreadableUser]:
        bounds = unquote_to_bytes(after), limit
        rows = await self._engine.read(lambda connection: connection.fetch(PAGE, *bounds))
        return [_listed(row) for row in rows]

    async def update(
        self,
        name: str,
        *,
        password_hash: str | None = None,
        disabled: bool | None = None,
        sign_out: bool = False,
        by: Principal | None = None,
    ) -> User:
        async def update(connection: Connection) -> User:
            await require_current(connection, by)
            before = await get_user(connection, name)
            admins = await connection.fetch(OTHER_ADMINS, name.encode())
            user = changed(
                before,
                password_hash=password_hash,
                disabled=disabled,
                sign_out=sign_out,
                another_admin=lambda: any(map(_is_enabled_admin, admins)),
            )
            await connection.execute(PUT, *USERS.stored(to_row(user)))
            return user

        events = actions.changed(
            by, name, password_hash=password_hash, disabled=disabled, sign_out=sign_out
        )
        return await self._engine.write(update, locks=LOCK_TO_CHANGE, note=lambda _: events)

    async def remove(self, name: str) -> None:
        trail = self._engine.trail

        async def remove(connection: Connection) -> None:
            key = name.encode()
            user = None
            with suppress(DamagedUser):
                user = await get_user(connection, name)
            require_unused(user, has_ecgs=await connection.fetchval(ANY_ECG, key))
            await trail.append(connection, [actions.erased(name)])  # which needs the name
            for statement in REMOVE:
                await connection.execute(statement, key)

        await self._engine.write(remove, locks=LOCK_TO_CHANGE + trail.lock)


async def require_current(connection: Connection, by: Principal | None) -> None:
    """Do what the rule of the domain of this name does, with the users locked."""
    if by is not None:
        rows = await connection.fetch(EPOCHS, [by.name.encode()])
        epochs = {name.decode(): epoch for name, epoch in rows}
        principal.require_current(by, epochs.get)


async def get_user(connection: Connection, name: str) -> User:
    """Return the user, or raise `UserNotFound`, or `DamagedUser`."""
    return _read(await connection.fetchrow(GET, name.encode()))


async def add_user(connection: Connection, user: User) -> bool:
    """Store a new user; return whether the name was free."""
    return count_of(await connection.execute(ADD, *USERS.stored(to_row(user)))) == 1


def _read(row: Record | None) -> User:
    if row is None:
        raise UserNotFound
    return to_user(USERS.read(row, DamagedUser))


def _listed(row: Record) -> User | UnreadableUser:
    with suppress(Damaged):
        return _read(row)
    logger.error("a user is damaged")
    return UnreadableUser(shown(row[0]))


def _is_enabled_admin(row: Record) -> bool:
    found = _listed(row)
    return isinstance(found, User) and found.is_enabled_admin
