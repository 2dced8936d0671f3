"""Which user a subject is, in SQLite."""

import apsw

from ecg_service.adapters.rows.identities import COLUMNS, to_name, to_row
from ecg_service.adapters.sqlite.engine.engine import Engine
from ecg_service.adapters.sqlite.engine.sql import execute
from ecg_service.adapters.sqlite.engine.trail import Trail
from ecg_service.adapters.sqlite.rows.sealed import select
from ecg_service.adapters.sqlite.users import add_user, get_user
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import DamagedUser, UserExists, UserNotFound
from ecg_service.domain.users import User
from ecg_service.ports.identities import IdentityRepository

ADD = f"INSERT INTO identities ({COLUMNS}) VALUES (?, ?, ?, ?)"  # noqa: S608
GET = f"""
    SELECT {COLUMNS} FROM identities WHERE issuer = CAST(? AS TEXT) AND subject = CAST(? AS TEXT)
"""  # noqa: S608
PAGE = """
    SELECT CAST(issuer AS BLOB), CAST(subject AS BLOB) FROM identities
    WHERE (issuer, subject) > (CAST(? AS TEXT), CAST(? AS TEXT)) ORDER BY issuer, subject LIMIT ?
"""


class SqliteIdentities(IdentityRepository):
    """The identities of a `SqliteStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def user_of(self, issuer: str, subject: str) -> User:
        found = await self._engine.read(_user_of, issuer, subject)
        if found is None:
            raise UserNotFound
        return found

    async def link(self, issuer: str, subject: str, user: User, *, is_new: bool) -> User:
        return await self._engine.write(
            _link, self._engine.trail, issuer, subject, user, is_new=is_new
        )


def _user_of(connection: apsw.Connection, issuer: str, subject: str) -> User | None:
    """Return the user, if the subject is one; who is not there any more is damage."""
    for row in select(connection, GET, issuer, subject, damaged=DamagedUser):
        try:
            return get_user(connection, to_name(row))
        except UserNotFound as error:
            raise DamagedUser("there is no such user") from error
    return None


def _link(
    connection: apsw.Connection,
    trail: Trail,
    issuer: str,
    subject: str,
    user: User,
    *,
    is_new: bool,
) -> User:
    if found := _user_of(connection, issuer, subject):
        return found
    if is_new and not add_user(connection, user):
        raise UserExists
    found = get_user(connection, user.name)
    execute(connection, ADD, *to_row(issuer, subject, user.name))
    trail.append(connection, actions.linked(issuer, user, is_new=is_new))
    return found
