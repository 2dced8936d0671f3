from datetime import UTC, datetime

import msgspec

from ecg_service.domain.principal import Principal
from ecg_service.domain.users import Role, User


def test_a_principal_has_the_role_of_its_user_and_no_secret() -> None:
    user = User("ann", Role.ADMIN, "the hash", datetime(2026, 5, 17, tzinfo=UTC), epoch=3)
    assert Principal.of(user) == Principal("ann", Role.ADMIN, scopes=None, epoch=3)
    assert b"the hash" not in msgspec.json.encode(Principal.of(user))
