from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from ecg_service.domain.errors import Invalid, LastAdmin
from ecg_service.domain.users import (
    Role,
    User,
    changed,
    check_username,
)

ADMIN = User("root", Role.ADMIN, "old", datetime(2026, 5, 17, tzinfo=UTC))
OFF = replace(ADMIN, disabled=True)
USER = replace(ADMIN, name="ann", role=Role.USER)


@pytest.mark.parametrize("name", ["a", "A.b_c@d+e-f", "0", "x" * 64, "mee", "Me"])
def test_good_names(name: str) -> None:
    check_username(name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, "pattern") for name in ("a:b", "a b", "a\n", "a\0", ".a", "-a", "ä", "me")),
        *((name, "length") for name in ("", "x" * 65)),
    ],
)
def test_bad_names(name: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_username(name, "username")
    assert [(v.path, v.code) for v in refused.value.violations] == [(("username",), code)]


@pytest.mark.parametrize("user", [ADMIN, OFF, USER])
@pytest.mark.parametrize("password_hash", [None, "new"])
@pytest.mark.parametrize("disabled", [None, True, False])
def test_what_is_given_changes(
    user: User, password_hash: str | None, *, disabled: bool | None
) -> None:
    after = changed(
        user, password_hash=password_hash, disabled=disabled, another_admin=lambda: True
    )
    expected = replace(
        user,
        password_hash=password_hash or "old",
        disabled=user.disabled if disabled is None else disabled,
    )
    assert after == replace(expected, epoch=int(expected != user))


@pytest.mark.parametrize("password_hash", [None, "new"])
def test_the_last_enabled_admin_stays(password_hash: str | None) -> None:
    with pytest.raises(LastAdmin):
        changed(ADMIN, password_hash=password_hash, disabled=True, another_admin=lambda: False)


@pytest.mark.parametrize(
    ("user", "disabled"),
    [(ADMIN, None), (ADMIN, False), (OFF, None), (OFF, False), (OFF, True), (USER, True)],
)
def test_other_changes_do_not_ask_for_another_admin(user: User, *, disabled: bool | None) -> None:
    def another_admin() -> bool:
        pytest.fail("looks through all users")

    changed(user, password_hash="new", disabled=disabled, another_admin=another_admin)
