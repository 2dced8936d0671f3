"""Users in memory."""

from collections.abc import Callable
from uuid import UUID

from ecg_service.adapters.rows.audit import new_id
from ecg_service.domain.audit import actions
from ecg_service.domain.audit.events import Event
from ecg_service.domain.errors import UserExists, UserNotFound
from ecg_service.domain.grants import Grant
from ecg_service.domain.principal import Principal, require_current
from ecg_service.domain.users import UnreadableUser, User, changed, require_unused
from ecg_service.ports.users import UserRepository


def _forget(*events: Event) -> None:
    del events


class MemoryUsers(UserRepository):
    """The users of a `MemoryStore`."""

    def __init__(self, has_ecgs: Callable[[str], bool]) -> None:
        self._users: dict[str, User] = {}
        self._has_ecgs = has_ecgs
        self.identities: dict[tuple[str, str], str] = {}
        self.grants: dict[UUID, Grant] = {}
        self.audit_ids: dict[str, str] = {}
        self.note: Callable[..., None] = _forget

    async def add(self, user: User, *, by: Principal | None = None) -> None:
        require_current(by, self.epoch_of)
        self.add_user(user)
        self.note(actions.created(by, user))

    def add_user(self, user: User) -> None:
        """Store a new user, of whom nothing is noted."""
        if user.name in self._users:
            raise UserExists
        self._users[user.name] = user

    async def add_first(self, user: User) -> bool:
        if self._users:
            return False
        await self.add(user)
        return True

    async def get(self, name: str) -> User:
        if name not in self._users:
            raise UserNotFound
        return self._users[name]

    async def page(self, *, limit: int, after: str = "") -> list[User | UnreadableUser]:
        found = [self._users[name] for name in sorted(self._users) if name > after]
        return [*found[:limit]]

    async def update(
        self,
        name: str,
        *,
        password_hash: str | None = None,
        disabled: bool | None = None,
        sign_out: bool = False,
        by: Principal | None = None,
    ) -> User:
        require_current(by, self.epoch_of)
        user = changed(
            await self.get(name),
            password_hash=password_hash,
            disabled=disabled,
            sign_out=sign_out,
            another_admin=lambda: self._any_admin_beside(name),
        )
        self._users[name] = user
        self.note(
            *actions.changed(
                by, name, password_hash=password_hash, disabled=disabled, sign_out=sign_out
            )
        )
        return user

    async def remove(self, name: str) -> None:
        require_unused(await self.get(name), has_ecgs=self._has_ecgs(name))
        self.note(actions.erased(name))
        self.audit_ids.pop(name, None)
        del self._users[name]
        self.identities = {one: user for one, user in self.identities.items() if user != name}
        self.grants = {one: grant for one, grant in self.grants.items() if grant.owner != name}

    def has_grant(self, grant_id: UUID) -> bool:
        """Whether it is there."""
        return grant_id in self.grants

    def audit_id(self, name: str) -> str | None:
        """Return what stands for a name in the audit trail, if there is a user of that name."""
        return self.audit_ids.setdefault(name, new_id()) if name in self._users else None

    def epoch_of(self, name: str) -> int | None:
        """Return the epoch of a user, if there is one."""
        return self._users[name].epoch if name in self._users else None

    def _any_admin_beside(self, name: str) -> bool:
        return any(user.is_enabled_admin for user in self._users.values() if user.name != name)
