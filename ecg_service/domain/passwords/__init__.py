"""Which passwords are allowed: long enough, not among the most common ones, not the user's name, not our own words.

OWASP ASVS 5.0, 6.2.1 to 6.2.11: nothing is asked of their characters, and none are changed.
"""

import re
from functools import cache
from importlib.resources import files
from typing import Annotated, cast

from msgspec import Meta

from ecg_service.domain.errors import Invalid, Violation
from ecg_service.domain.violations import conform

LEAST = 8
Password = Annotated[str, Meta(min_length=LEAST, max_length=128)]
"""8 to 128 characters, so at most 512 bytes in UTF-8."""


WORDS = (
    "admin",
    "administrator",
    "cardio",
    "cardiology",
    "clinic",
    "ecg",
    "ekg",
    "electrocardiogram",
    "heart",
    "holter",
    "hospital",
    "patient",
)
"""What people think of here: it counts for nothing, so a password has to be long enough without it."""
_WORDS = re.compile("|".join(sorted(WORDS, reverse=True)))


def check_password(password: str, *path: str, name: str = "") -> None:
    """Raise `Invalid` at this path if the user of this name may not have the password."""
    conform(password, cast("type[str]", Password), *path)
    folded = password.casefold()
    if folded == name.casefold():
        raise Invalid(Violation(path, "password_is_name", "A password must not be the user name."))
    if len(rest := _WORDS.sub("", folded)) < LEAST and rest != folded:
        detail = f"Without words of this service, such as ecg or heart, it has at least {LEAST} characters."
        raise Invalid(Violation(path, "common_password", detail))
    if f"\n{folded}\n" in _common():
        detail = "This is one of the most common passwords, which are tried first."
        raise Invalid(Violation(path, "common_password", detail))


@cache
def _common() -> str:
    """Return the common ones, one a line; searched as a text, they take a tenth of a set's memory."""
    return "\n" + files("ecg_service.domain.passwords").joinpath("common.txt").read_text("utf-8")
