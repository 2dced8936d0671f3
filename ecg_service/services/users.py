"""Registers users, and changes what may change about them."""

from datetime import UTC, datetime

from ecg_service.domain.errors import Invalid, Violation
from ecg_service.domain.users import Role, User
from ecg_service.ports.users import PasswordHasher, UserRepository
from ecg_service.services.access import Access


class Users:
    """Users by name; a change of password or state is in force when the call returns."""

    def __init__(
        self, repository: UserRepository, hasher: PasswordHasher, access: Access | None = None
    ) -> None:
        self._repository = repository
        self._hasher = hasher
        self._access = access

    async def register(self, name: str, password: str, role: Role = Role.USER) -> User:
        """Add a user, or raise `UserExists`."""
        user = await self._new(name, password, role)
        await self._repository.add(user)
        return user

    async def ensure_admin(self, name: str, password: str) -> bool:
        """Add the first admin if there is no user at all; whether that was so."""
        return await self._repository.add_first(await self._new(name, password, Role.ADMIN))

    async def page(self, *, limit: int, after: str = "") -> tuple[list[User], str | None]:
        """Return users in order of name, and after whom the next page starts if there is more."""
        found = await self._repository.page(limit=limit + 1, after=after)
        page = found[:limit]
        return page, page[-1].name if len(found) > limit else None

    async def update(
        self, name: str, *, password: str | None = None, disabled: bool | None = None
    ) -> User:
        """Reset the password, disable or enable; raises `UserNotFound` or `LastAdmin`."""
        password_hash = None if password is None else await self._hasher.hash(password)
        try:
            return await self._repository.update(
                name, password_hash=password_hash, disabled=disabled
            )
        finally:
            self._forget(name)

    async def change_password(self, user: User, current: str, new: str) -> None:
        """Replace one's own password."""
        if not await self._hasher.verify(current, user.password_hash):
            raise Invalid(
                Violation(("current_password",), "wrong_password", "This is not your password.")
            )
        await self.update(user.name, password=new)

    async def _new(self, name: str, password: str, role: Role) -> User:
        password_hash = await self._hasher.hash(password)
        return User(name, role, password_hash, created=datetime.now(UTC))

    def _forget(self, name: str) -> None:
        if self._access:
            self._access.forget(name)
