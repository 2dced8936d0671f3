"""Users in memory."""

from msgspec.structs import replace

from ecg_service.domain.errors import LastAdmin, UserExists, UserNotFound
from ecg_service.domain.users import Role, User
from ecg_service.ports.users import UserRepository


class MemoryUsers(UserRepository):
    """The users of a `MemoryStore`."""

    def __init__(self) -> None:
        self._users: dict[str, User] = {}

    async def add(self, user: User) -> None:
        if user.name in self._users:
            raise UserExists
        self._users[user.name] = user

    async def add_first(self, user: User) -> bool:
        if self._users:
            return False
        self._users[user.name] = user
        return True

    async def get(self, name: str) -> User:
        if name not in self._users:
            raise UserNotFound
        return self._users[name]

    async def page(self, *, limit: int, after: str = "") -> list[User]:
        return [self._users[name] for name in sorted(self._users) if name > after][:limit]

    async def update(
        self, name: str, *, password_hash: str | None = None, disabled: bool | None = None
    ) -> User:
        user = await self.get(name)
        if disabled and self._enabled_admins() == {name}:
            raise LastAdmin
        user = replace(
            user,
            password_hash=user.password_hash if password_hash is None else password_hash,
            disabled=user.disabled if disabled is None else disabled,
        )
        self._users[name] = user
        return user

    def _enabled_admins(self) -> set[str]:
        users = self._users.values()
        return {user.name for user in users if user.role is Role.ADMIN and not user.disabled}
