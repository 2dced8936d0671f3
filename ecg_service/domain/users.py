"""Who uses the service, and who may do what."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class Role(StrEnum):
    """A USER sends and reads their own ECGs; an ADMIN registers users and sees no ECG."""

    USER = "USER"
    ADMIN = "ADMIN"


class User(Struct, frozen=True):
    """Someone who may sign in. The name is the identity and never changes."""

    name: str
    role: Role
    password_hash: str
    created: datetime
    disabled: bool = False
