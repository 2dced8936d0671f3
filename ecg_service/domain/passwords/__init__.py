"""Which passwords are allowed: long enough, not among the most common ones, not the user's name.

OWASP ASVS 5.0, 6.2.1 to 6.2.11: nothing is asked of their characters, and none are changed.
"""

from functools import cache
from importlib.resources import files
from typing import Annotated, cast

from msgspec import Meta

from ecg_service.domain.errors import Invalid, Violation
from ecg_service.domain.violations import conform

Password = Annotated[str, Meta(min_length=8, max_length=128)]
"""8 to 128 characters, so at most 512 bytes in UTF-8."""


def check_password(password: str, *path: str, name: str = "") -> None:
    """Raise `Invalid` at this path if the user of this name may not have the password."""
    conform(password, cast("type[str]", Password), *path)
    folded = password.casefold()
    if folded == name.casefold():
        raise Invalid(Violation(path, "password_is_name", "A password must not be the user name."))
    if f"\n{folded}\n" in _common():
        detail = "This is one of the most common passwords, which are tried first."
        raise Invalid(Violation(path, "common_password", detail))


@cache
def _common() -> str:
    """Return the common ones, one a line; searched as a text, they take a tenth of a set's memory."""
    return "\n" + files("ecg_service.domain.passwords").joinpath("common.txt").read_text("utf-8")
