"""Which user a subject is, in PostgreSQL."""

from ecg_service.adapters.postgres.engine.engine import Engine
from ecg_service.adapters.postgres.engine.sql import Connection
from ecg_service.adapters.postgres.tables import IDENTITIES
from ecg_service.adapters.postgres.users import LOCK_TO_CHANGE, add_user, get_user
from ecg_service.adapters.rows.identities import to_name, to_row
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import DamagedUser, UserExists, UserNotFound
from ecg_service.domain.users import User
from ecg_service.ports.identities import IdentityRepository

ADD = f"INSERT INTO identities ({IDENTITIES.columns}) VALUES ($1, $2, $3, $4)"  # noqa: S608
GET = f"SELECT {IDENTITIES.columns} FROM identities WHERE (issuer, subject) = ($1, $2)"  # noqa: S608


class PostgresIdentities(IdentityRepository):
    """The identities of a `PostgresStore`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def user_of(self, issuer: str, subject: str) -> User:
        found = await self._engine.read(lambda connection: _user_of(connection, issuer, subject))
        if found is None:
            raise UserNotFound
        return found

    async def link(self, issuer: str, subject: str, user: User, *, is_new: bool) -> User:
        trail = self._engine.trail

        async def link(connection: Connection) -> User:
            if found := await _user_of(connection, issuer, subject):
                return found
            if is_new and not await add_user(connection, user):
                raise UserExists
            found = await get_user(connection, user.name)
            row = to_row(issuer, subject, user.name)
            await connection.execute(ADD, *IDENTITIES.stored(row))
            await trail.append(connection, actions.linked(issuer, user, is_new=is_new))
            return found

        return await self._engine.write(link, locks=LOCK_TO_CHANGE + trail.lock)


async def _user_of(connection: Connection, issuer: str, subject: str) -> User | None:
    """Return the user, if the subject is one; who is not there any more is damage."""
    row = await connection.fetchrow(GET, issuer.encode(), subject.encode())
    if row is None:
        return None
    try:
        return await get_user(connection, to_name(IDENTITIES.read(row, DamagedUser)))
    except UserNotFound as error:
        raise DamagedUser("there is no such user") from error
