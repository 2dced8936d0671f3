"""Registers and changes users."""

from datetime import UTC, datetime

from msgspec.structs import replace

from ecg_service.domain.errors import Invalid, Unauthenticated, UserNotFound, Violation
from ecg_service.domain.passwords import check_password
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.time import to_microseconds
from ecg_service.domain.users import INITIAL, Role, UnreadableUser, User, check_username
from ecg_service.ports.users import PasswordHasher, UserRepository
from ecg_service.services.credentials import VerifiedCredentials


class Users:
    """Users by name; a change is in force when the call returns.

    Raises `Invalid` for names and passwords that break the rules of the domain, and
    `Unauthenticated` if `by`, who asks for a change, has changed since they signed in.
    """

    def __init__(
        self,
        repository: UserRepository,
        hasher: PasswordHasher,
        verified: VerifiedCredentials,
    ) -> None:
        self._repository = repository
        self._hasher = hasher
        self._verified = verified

    async def register(
        self, name: str, password: str, role: Role = Role.USER, *, by: Principal | None = None
    ) -> User:
        """Register a user, or raise `UserExists`."""
        user = await self._new(name, password, role)
        await self._repository.add(user, by=by)
        return user

    async def ensure_admin(self, name: str, password: str, *, is_initial: bool = False) -> bool:
        """Register an admin if there is no user; return whether it was registered.

        An initial password is for nothing but to be replaced.
        """
        admin = await self._new(name, password, Role.ADMIN)
        if is_initial:
            admin = replace(admin, password_hash=INITIAL + admin.password_hash)
        return await self._repository.add_first(admin)

    async def get(self, name: str) -> User:
        """Return the user, or raise `UserNotFound`."""
        return await self._repository.get(name)

    async def page(
        self, *, limit: int, after: str = ""
    ) -> tuple[list[User | UnreadableUser], str | None]:
        """Return users in order of name, and the last name if more follow."""
        found = await self._repository.page(limit=limit + 1, after=after)
        page = found[:limit]
        return page, page[-1].name if len(found) > limit else None

    async def update(
        self,
        name: str,
        *,
        password: str | None = None,
        disabled: bool | None = None,
        by: Principal | None = None,
    ) -> User:
        """Reset the password, or disable or enable the user; raises `UserNotFound` or `LastAdmin`."""
        password_hash = None if password is None else await self._hash(name, password)
        return await self._change(name, password_hash=password_hash, disabled=disabled, by=by)

    async def change_password(self, by: Principal, current: str, new: str) -> None:
        """Replace one's own password after verifying the current one.

        A hash that is not the one verified is not replaced: it has another epoch.
        """
        check_password(new, "new_password", name=by.name)
        user = await self.own(by)
        if not await self._hasher.verify(current, user.proof):
            raise Invalid(
                Violation(("current_password",), "wrong_password", "This is not your password.")
            )
        await self._change(by.name, password_hash=await self._hash(by.name, new), by=by)

    async def sign_out(self, by: Principal) -> None:
        """End all sessions of one's own, and let no access token from before count any more."""
        await self._change(by.name, sign_out=True, by=by)

    async def require_current(self, by: Principal) -> None:
        """Raise `Unauthenticated` if they have changed since they signed in; their key is not looked at."""
        user = await self.own(by)
        require_current(by, lambda _: user.epoch, lambda _: True)

    async def own(self, by: Principal) -> User:
        """Return the user who asks, or raise `Unauthenticated` if they are erased."""
        try:
            return await self._repository.get(by.name)
        except UserNotFound as error:
            raise Unauthenticated from error

    async def _new(self, name: str, password: str, role: Role) -> User:
        check_username(name, "username")
        password_hash = await self._hash(name, password)
        created = datetime.now(UTC)
        # Names of users who were erased may come again, but no epoch of theirs.
        return User(name, role, password_hash, created, epoch=to_microseconds(created))

    async def _hash(self, name: str, password: str) -> str:
        check_password(password, "password", name=name)
        return await self._hasher.hash(password)

    async def _change(
        self,
        name: str,
        *,
        by: Principal | None,
        password_hash: str | None = None,
        disabled: bool | None = None,
        sign_out: bool = False,
    ) -> User:
        try:
            return await self._repository.update(
                name, password_hash=password_hash, disabled=disabled, sign_out=sign_out, by=by
            )
        finally:
            self._verified.forget(name)
