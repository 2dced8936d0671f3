"""Every expected error of the service.

The command line prints the first line of a docstring for an error without a message of its own.

EcgError
├── Invalid                the input breaks a rule; each violation names its place
│   ├── TooLarge           the input is larger than it may be
│   ├── Malformed          the input cannot be read in the format it claims to have
│   ├── EcgIdsTaken        as EcgIdTaken, of ECGs that are stored together or not at all
│   ├── InvalidQuery       a parameter of a query breaks a rule
│   └── InvalidHeader      a header field breaks a rule
├── Unauthenticated        no credentials, or wrong ones
│   └── RefreshTokenReused a refresh token came a second time: its session has ended
├── Forbidden              the role may not do this
│   └── MissingScope       the role may, the credentials may not: they allow a part only
├── NotFound
│   ├── EcgNotFound        unknown or another user's; the two are indistinguishable
│   ├── LeadNotFound
│   ├── UserNotFound
│   └── GrantNotFound
├── Conflict
│   ├── EcgIdTaken         the client's id already names an ECG with other content
│   ├── KeyReused          the idempotency key was sent with other content before
│   ├── KeyInUse           the request that came first with the key is not answered yet
│   ├── UserExists
│   ├── TooManyGrants      the user has as many as they may have
│   ├── LastAdmin          no enabled admin would be left
│   └── UserInUse          an enabled user, or one with ECGs, cannot be removed
├── Overloaded             a bounded queue or pool is full: nothing was stored, try again
├── TooManyGuesses         wrong passwords for one account from one address: wait
├── QuotaExceeded          the user has sent as much as they may in this while: wait
├── StorageUnavailable     the store cannot be reached or has failed: nothing was stored
│   └── StorageFull        the store has no room left: nothing was stored
├── BrokerUnavailable      the broker between services and workers has refused a worker
├── IssuerUnavailable      the identity provider cannot be reached, and no key of it is known
├── OutcomeUnknown         the store failed at the commit: all of it was stored, or nothing
└── Damaged                a checksum does not match: what is stored must not be trusted
    ├── DamagedEcg
    ├── DamagedKey
    ├── DamagedGrant
    └── DamagedUser
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar
from uuid import UUID

P = ParamSpec("P")
T = TypeVar("T")

Path = tuple[str | int, ...]


class EcgError(Exception):
    """Root of every expected error."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    `path` leads from the whole value to the place, as in ("leads", 3, "signal", 17); an empty
    path means the whole value. `code` is a stable word for programs, `detail` a sentence for
    people.
    """

    path: Path
    code: str
    detail: str

    def __str__(self) -> str:
        return ": ".join(filter(None, [".".join(map(str, self.path)), self.detail]))


class Invalid(EcgError):
    """What was given breaks the rules, each time at a place that can be named."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("; ".join(map(str, violations)))
        self.violations = violations


class Malformed(Invalid):
    """What was given cannot be read in the format that it claims to have."""


class TooLarge(Invalid):
    """What was given has more bytes, or more items, than it may."""


class EcgIdsTaken(Invalid):
    """Of ECGs that are stored together, some have an `id` that names one with other content."""


class InvalidQuery(Invalid):
    """A parameter of a query breaks the rules."""


class InvalidHeader(Invalid):
    """A header field breaks the rules."""


class Unauthenticated(EcgError):
    """Credentials are missing or wrong."""


class RefreshTokenReused(Unauthenticated):
    """A refresh token came a second time, so somebody has a copy: the session has ended."""

    def __init__(self, owner: str, session: UUID) -> None:
        super().__init__()
        self.owner = owner
        self.session = session


class Forbidden(EcgError):
    """The role of the user does not allow this."""


class MissingScope(Forbidden):
    """The user may do this, but not with these credentials: they allow a part only."""


class NotFound(EcgError):
    """There is no such thing, or none that this user may know of."""


class EcgNotFound(NotFound):
    """No ECG of this user has this id."""


class LeadNotFound(NotFound):
    """The ECG has no lead with this index."""


class UserNotFound(NotFound):
    """No user has this name."""


class GrantNotFound(NotFound):
    """This user has no API key with this id."""


class Conflict(EcgError):
    """The request contradicts what is stored."""


class EcgIdTaken(Conflict):
    """The client's `id` already names an ECG with other content."""


class KeyReused(Conflict):
    """The idempotency key was sent with other content before."""


class KeyInUse(Conflict):
    """The request that came first with this idempotency key is not answered yet."""


class UserExists(Conflict):
    """A user with this name is registered already."""


class TooManyGrants(Conflict):
    """The user has as many API keys as they may have; revoke one first."""


class LastAdmin(Conflict):
    """The last enabled admin cannot be disabled."""


class UserInUse(Conflict):
    """A user is removed only when they are disabled and their ECGs are deleted."""


class Overloaded(EcgError):
    """A bounded queue or pool is full; nothing was stored."""


class TooManyGuesses(EcgError):
    """Too many wrong passwords for this account from this address; wait so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again after {seconds:.0f} s")
        self.seconds = seconds


class QuotaExceeded(EcgError):
    """The user has sent as much as they may in this while; the next one begins in so many seconds."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"try again after {seconds:.0f} s")
        self.seconds = seconds


class StorageUnavailable(EcgError):
    """The store cannot be reached, or refused to work; nothing was stored."""


class SchemaOutdated(StorageUnavailable):
    """The database is of an earlier version: run `ecg db migrate` first."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} lacks the current schema, as a database of an earlier version does:"
            " run `ecg db migrate` after a backup with that version, or start the service, which migrates too"
        )


class BrokerUnavailable(EcgError):
    """The broker does not let this worker work."""


class IssuerUnavailable(EcgError):
    """The identity provider cannot be reached, or its keys cannot be used; try again."""


class StorageFull(StorageUnavailable):
    """The store has no room left; nothing was stored."""


class OutcomeUnknown(EcgError):
    """The store failed at the commit; all of it was stored, or nothing, and nobody can tell."""


class Damaged(EcgError):
    """A checksum of what is stored does not match its content."""


class DamagedEcg(Damaged):
    """A checksum of a stored ECG does not match its content."""


class DamagedKey(Damaged):
    """What an idempotency key stands for is damaged; use another key, or wait until it expires."""


class DamagedGrant(Damaged):
    """The record of an API key or a session is damaged; revoke it, and make another one."""


class DamagedUser(Damaged):
    """The record of the user is damaged; restore it from a backup."""


def outcome(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | EcgError:
    """Call the function; return an expected error instead of raising it.

    It is returned without the frames that it came through. They lead to the call that takes it,
    and in such a cycle documents would be kept until the garbage collector comes, which is rare.
    """
    try:
        return function(*args, **kwargs)
    except EcgError as error:
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
