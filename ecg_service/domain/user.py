"""Who uses the service, and who may do what."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """A USER sends and reads their own ECGs; an ADMIN registers users and sees no ECG."""

    USER = "USER"
    ADMIN = "ADMIN"


@dataclass(frozen=True, slots=True)
class User:
    """Someone who may sign in. The name is the identity and never changes."""

    name: str
    role: Role
    password_hash: str
    created: datetime
    disabled: bool = False
