from datetime import UTC, datetime
from uuid import uuid4

import msgspec

from ecg_service.domain.principal import Principal, is_current
from ecg_service.domain.users import Role, User


def test_a_principal_has_the_role_of_its_user_and_no_secret() -> None:
    user = User("ann", Role.ADMIN, "the hash", datetime(2026, 5, 17, tzinfo=UTC), epoch=3)
    assert Principal.of(user) == Principal("ann", Role.ADMIN, scopes=None, epoch=3)
    assert b"the hash" not in msgspec.json.encode(Principal.of(user))


def test_who_signed_in_with_a_key_writes_only_where_the_key_is_looked_for() -> None:
    device = Principal("ann", Role.USER, grant=uuid4())
    assert not is_current(device, lambda _: 0)
    assert is_current(device, lambda _: 0, lambda key: key == device.grant)
