"""Which user a subject is, in memory."""

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.domain.audit import actions
from ecg_service.domain.errors import UserNotFound
from ecg_service.domain.users import User
from ecg_service.ports.identities import IdentityRepository


class MemoryIdentities(IdentityRepository):
    """The identities of a `MemoryStore`."""

    def __init__(self, users: MemoryUsers) -> None:
        self._users = users

    async def user_of(self, issuer: str, subject: str) -> User:
        if (issuer, subject) not in self._users.identities:
            raise UserNotFound
        return await self._users.get(self._users.identities[issuer, subject])

    async def link(self, issuer: str, subject: str, user: User, *, is_new: bool) -> User:
        if (issuer, subject) in self._users.identities:
            return await self.user_of(issuer, subject)
        if is_new:
            self._users.add_user(user)
        found = await self._users.get(user.name)
        self._users.identities[issuer, subject] = user.name
        self._users.note(*actions.linked(issuer, user, is_new=is_new))
        return found
