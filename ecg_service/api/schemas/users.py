"""Users over the wire."""

from datetime import datetime
from typing import Self

from msgspec import UNSET, Struct, UnsetType

from ecg_service.domain.users import Password, Role, User, Username


class UserIn(Struct, forbid_unknown_fields=True):
    """A user to register."""

    username: Username
    password: Password
    role: Role = Role.USER


class UserPatch(Struct, forbid_unknown_fields=True):
    """What to change about a user."""

    disabled: bool | None = None
    password: Password | None = None


class PasswordChange(Struct, forbid_unknown_fields=True):
    """One's own new password."""

    current_password: str
    new_password: Password


class UserOut(Struct):
    """A user, without any secret."""

    username: str
    role: Role
    disabled: bool
    created: datetime

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(user.name, user.role, user.disabled, user.created)


class UserPage(Struct):
    """Some users in order of name; no token means no more."""

    users: list[UserOut]
    next_page_token: str | UnsetType = UNSET
