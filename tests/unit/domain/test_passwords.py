import pytest

from ecg_service.domain.errors import Invalid
from ecg_service.domain.passwords import check_password

PASSWORD = " kör päß: 密码 "


@pytest.mark.parametrize(
    "password", ["y" * 8, "x" * 128, " spaces ", "密码密码密码密码", "\0" * 8, PASSWORD]
)
def test_good_passwords(password: str) -> None:
    check_password(password)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        *((password, "length") for password in ("", "x" * 7, "x" * 129)),
        *((password, "common_password") for password in ("password", "PassWord", "zzzzzzzz")),
        *((password, "common_password") for password in ("ecg-2026", "Hospital", "Admin-ecg-1234")),
        *((password, "password_is_name") for password in ("Ann.Example", "ANN.EXAMPLE")),
    ],
)
def test_bad_passwords(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, "new_password", name="ann.Example")
    assert [(v.path, v.code) for v in refused.value.violations] == [(("new_password",), code)]


@pytest.mark.parametrize(
    "password", ["ecg-2026-ward", "my heart belongs to", "x" * 8 + "admin", "1234-5678-abc"]
)
def test_words_of_ours_are_allowed_beside_enough_else(password: str) -> None:
    check_password(password)


def test_only_whole_common_passwords_are_refused() -> None:
    for password in ("password ", "assword1", "password\nhello"):
        check_password(password)
