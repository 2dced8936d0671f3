"""Converts users to rows and back."""

from ecg_service.adapters.rows.sealed import Row, Value, sealed, unsealed
from ecg_service.domain.errors import DamagedUser
from ecg_service.domain.time import from_microseconds, to_microseconds
from ecg_service.domain.users import Role, User

COLUMNS = "name, role, password_hash, created, disabled, epoch, checksum"


def to_row(user: User) -> tuple[Value, ...]:
    return sealed(
        user.name,
        user.role.value,
        user.password_hash,
        to_microseconds(user.created),
        int(user.disabled),
        user.epoch,
    )


def to_user(row: Row) -> User:
    """Return the user, or raise `DamagedUser`."""
    name, role, password_hash, created, disabled, epoch = unsealed(row, DamagedUser)
    return User(name, Role(role), password_hash, from_microseconds(created), bool(disabled), epoch)
