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
        *((password, "password_is_name") for password in ("Ann.Example", "ANN.EXAMPLE")),
    ],
)
def test_bad_passwords(password: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, "new_password", name="ann.Example")
    assert [(v.path, v.code) for v in refused.value.violations] == [(("new_password",), code)]


def test_only_whole_common_passwords_are_refused() -> None:
    for password in ("password ", "assword1", "password\nhello"):
        check_password(password)
