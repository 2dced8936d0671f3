"""Which user a subject is, in memory."""

from ecg_service.adapters.memory.users import MemoryUsers
from ecg_service.domain.errors import UserNotFound
from ecg_service.domain.users import User
from ecg_service.ports.identities import IdentityRepository


class MemoryIdentities(IdentityRepository):
    """The identities of a `MemoryStore`."""

    def __init__(self, users: MemoryUsers) -> None:
        self._users = users
        self._names: dict[tuple[str, str], str] = {}

    async def user_of(self, issuer: str, subject: str) -> User:
        if (issuer, subject) not in self._names:
            raise UserNotFound
        return await self._users.get(self._names[issuer, subject])

    async def link(self, issuer: str, subject: str, user: User, *, is_new: bool) -> User:
        if (issuer, subject) in self._names:
            return await self.user_of(issuer, subject)
        if is_new:
            await self._users.add(user)
        found = await self._users.get(user.name)
        self._names[issuer, subject] = user.name
        return found
