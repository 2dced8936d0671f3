"""Request bodies and answers about users."""

from datetime import datetime
from typing import Literal, Self

from msgspec import UNSET, Struct, UnsetType

from ecg_service.domain.passwords import Password
from ecg_service.domain.users import Role, UnreadableUser, User, Username


class UserIn(Struct, forbid_unknown_fields=True):
    """A user to register; null stands for the default."""

    username: Username
    password: Password
    role: Role | None = Role.USER


class UserPatch(Struct, forbid_unknown_fields=True):
    """Changes of a user; null or absent keeps a value."""

    disabled: bool | None = None
    password: Password | None = None


class PasswordChange(Struct, forbid_unknown_fields=True):
    """A change of the password of the user who is signed in."""

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


class UserEntry(Struct):
    """A user in a list; a damaged one cannot sign in, and has nothing but a `username`."""

    username: str
    damaged: Literal[True] | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    created: datetime | UnsetType = UNSET

    @classmethod
    def of(cls, user: User | UnreadableUser) -> Self:
        if isinstance(user, UnreadableUser):
            return cls(user.name, damaged=True)
        return cls(user.name, UNSET, user.role, user.disabled, user.created)


class UserPage(Struct):
    """A page of users in order of name; the last page has no token."""

    users: list[UserEntry]
    next_page_token: str | UnsetType = UNSET
