"""What goes over the wire. The domain does not know these, and they may change without it."""

from datetime import datetime
from typing import Annotated, Any

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from ecg_service.domain.ecg import ZeroRule
from ecg_service.domain.insights import InsightState
from ecg_service.domain.users import Role

INT32 = Meta(ge=-(2**31), le=2**31 - 1)
MAX_SAMPLING_RATE = 1_000_000

Username = Annotated[
    str, Meta(pattern=r"^(?!me$)[A-Za-z0-9][A-Za-z0-9._@+-]*$(?!\n)", min_length=1, max_length=64)
]
"""`/users/me` is whoever asks, so nobody is called that."""
Password = Annotated[str, Meta(min_length=8, max_length=128)]
AwareDatetime = Annotated[datetime, Meta(tz=True)]


class LeadIn(Struct, forbid_unknown_fields=True):
    """A lead as sent; the core has put the signal's index in its place."""

    name: str
    signal: int
    num_samples: Annotated[int, Meta(ge=0)] | None = None
    gain: Annotated[float, Meta(gt=0)] | None = None
    baseline: Annotated[int, INT32] = 0
    unit: str | None = None


class EcgIn(Struct, forbid_unknown_fields=True):
    """The body of `POST /ecg`."""

    leads: Annotated[list[LeadIn], Meta(min_length=1)]
    id: str | None = None
    date: AwareDatetime | None = None
    sampling_rate: Annotated[float, Meta(gt=0, le=MAX_SAMPLING_RATE)] | None = None


class EcgCreated(Struct):
    """Where the ECG is."""

    ecg_id: str


class LeadOut(Struct):
    """A lead; `signal` only where samples were asked for."""

    name: str
    num_samples: int
    baseline: int
    zero_crossings: int | UnsetType = UNSET
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    signal: Raw | UnsetType = UNSET


class EcgOut(Struct):
    """An ECG; `id` is the sender's own."""

    ecg_id: str
    date: datetime
    leads: list[LeadOut]
    id: str | UnsetType = UNSET
    sampling_rate: float | UnsetType = UNSET


class EcgPage(Struct):
    """Some of one's ECGs, newest first; no token means no more."""

    ecgs: list[EcgOut]
    next_page_token: str | UnsetType = UNSET


class WindowOut(Struct):
    """Samples `start` to `stop` of a lead; decimated ones come with their `positions`."""

    index: int
    name: str
    num_samples: int
    baseline: int
    start: int
    stop: int
    zero_crossings: int
    signal: Raw
    gain: float | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    positions: Raw | UnsetType = UNSET


class CrossingsOut(Struct):
    """How often a lead crosses zero."""

    name: str
    zero_crossings: int


class InsightOut(Struct):
    """How far an insight has come."""

    version: int
    state: InsightState
    attempts: int
    result: Any = UNSET
    error: str | UnsetType = UNSET


class InsightsOut(Struct):
    """What is known of an ECG; `zeros` is the rule the crossings are counted by."""

    ecg_id: str
    zeros: ZeroRule
    leads: list[CrossingsOut]
    insights: dict[str, InsightOut]


class UserIn(Struct, forbid_unknown_fields=True):
    """A user to register."""

    username: Username
    password: Password
    role: Role = Role.USER


class UserPatch(Struct, forbid_unknown_fields=True):
    """What to change about a user."""

    disabled: bool | None = None
    password: Password | None = None


class PasswordChange(Struct, forbid_unknown_fields=True):
    """One's own new password."""

    current_password: str
    new_password: Password


class UserOut(Struct):
    """A user, without any secret."""

    username: str
    role: Role
    disabled: bool
    created: datetime


class UserPage(Struct):
    """Some users in order of name; no token means no more."""

    users: list[UserOut]
    next_page_token: str | UnsetType = UNSET
