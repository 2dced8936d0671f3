"""Users, and the rules for their names, passwords and roles."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Annotated, cast

from msgspec import Struct
from msgspec.structs import replace

from ecg_service.domain.errors import LastAdmin, UserInUse
from ecg_service.domain.violations import conform, pattern

Username = Annotated[
    str,
    pattern(
        r"^(?!me$)[A-Za-z0-9][A-Za-z0-9._@+-]*$(?!\n)",
        "A name begins with a letter from A to Z or a digit, has only these and . _ @ + - and is not `me`.",
        least=1,
        longest=64,
    ),
]
"""`/users/me` is the user who asks, so no user may be called `me`."""


def check_username(name: str, *path: str) -> None:
    """Raise `Invalid` at this path if the name is not allowed."""
    conform(name, cast("type[str]", Username), *path)


NO_PASSWORD = ""
"""In place of the hash of users who sign in elsewhere: no password has it."""


INITIAL = "initial:"
"""Before the hash of a password that the service itself has made: it is to be replaced before anything else."""


class Role(StrEnum):
    """A USER sends and reads their own ECGs; an ADMIN registers users and sees no ECG."""

    USER = "USER"
    ADMIN = "ADMIN"


ALL_ROLES = frozenset(Role)


class User(Struct, frozen=True):
    """Someone who may sign in, identified by a name that never changes.

    `epoch` grows with each change: who signed in at an earlier one may do nothing more.
    """

    name: str
    role: Role
    password_hash: str
    created: datetime
    disabled: bool = False
    epoch: int = 0

    @property
    def has_initial_password(self) -> bool:
        """Whether the service has made the password, and it is for replacing it only."""
        return self.password_hash.startswith(INITIAL)

    @property
    def proof(self) -> str | None:
        """What a password is compared with; no password is right without one."""
        return self.password_hash.removeprefix(INITIAL) or None

    @property
    def is_enabled_admin(self) -> bool:
        """Whether this user can register others, and needs nobody else to sign in."""
        can_sign_in = self.password_hash != NO_PASSWORD and not self.disabled
        return self.role is Role.ADMIN and can_sign_in


class UnreadableUser(Struct, frozen=True):
    """A damaged user in a page: nothing but the name is known."""

    name: str


def changed(
    user: User,
    *,
    password_hash: str | None,
    disabled: bool | None,
    sign_out: bool = False,
    another_admin: Callable[[], bool],
) -> User:
    """Return the user with these changes (None keeps a value), or raise `LastAdmin`.

    If any value is another one then, or the user is to be signed out, so is the epoch.

    `another_admin` says whether any other admin is enabled; it is called only when an enabled
    admin is disabled.
    """
    after = replace(
        user,
        password_hash=user.password_hash if password_hash is None else password_hash,
        disabled=user.disabled if disabled is None else disabled,
    )
    if user.is_enabled_admin and not after.is_enabled_admin and not another_admin():
        raise LastAdmin
    return user if after == user and not sign_out else replace(after, epoch=user.epoch + 1)


def require_unused(user: User | None, *, has_ecgs: bool) -> None:
    """Raise `UserInUse` unless the user, None if damaged, can be removed: a damaged one cannot sign in."""
    if has_ecgs or (user is not None and not user.disabled):
        raise UserInUse
