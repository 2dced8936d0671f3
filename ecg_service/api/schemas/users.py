"""Users over the wire."""

from datetime import datetime
from typing import Annotated, Self

from msgspec import UNSET, Meta, Struct, UnsetType

from ecg_service.domain.users import Role, User

Username = Annotated[
    str, Meta(pattern=r"^(?!me$)[A-Za-z0-9][A-Za-z0-9._@+-]*$(?!\n)", min_length=1, max_length=64)
]
"""`/users/me` is whoever asks, so nobody is called that."""
Password = Annotated[str, Meta(min_length=8, max_length=128)]


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
