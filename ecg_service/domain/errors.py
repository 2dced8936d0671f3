"""Every error the service answers with.

EcgError
├── InvalidRequest
│   ├── InvalidBody        the body breaks the rules; names each place by a JSON Pointer
│   │   └── MalformedBody  the body is not JSON at all
│   └── InvalidQuery       a parameter of the URL breaks the rules; names it
├── Unauthenticated        no credentials, or wrong ones
├── Forbidden              the role may not do this
├── NotFound
│   ├── EcgNotFound        unknown, or somebody else's: the two look the same
│   ├── LeadNotFound
│   └── UserNotFound
├── Conflict
│   ├── EcgIdTaken         the client's id already names an ECG with other content
│   ├── UserExists
│   └── LastAdmin          nobody would be left to register users
├── Overloaded             a bounded queue or pool is full: nothing was stored, try again
├── StorageUnavailable     the store cannot be reached or has failed
│   └── StorageFull        the store has no room left
└── DamagedEcg             a checksum does not match: the stored ECG must not be trusted
"""

from dataclasses import dataclass


class EcgError(Exception):
    """Root of every expected error."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule.

    `place` is an RFC 6901 JSON Pointer into the body such as "/leads/3/signal/17", or the name
    of a parameter; `code` a stable word for programs, `detail` a sentence for people.
    """

    place: str
    code: str
    detail: str


class InvalidRequest(EcgError):
    """The request breaks the rules, each time at a place that can be named."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("; ".join(f"{v.place}: {v.detail}" for v in violations))
        self.violations = violations


class InvalidBody(InvalidRequest):
    """The body breaks the rules of its schema."""


class MalformedBody(InvalidBody):
    """The body is not JSON."""


class InvalidQuery(InvalidRequest):
    """A parameter of the URL breaks the rules."""


class Unauthenticated(EcgError):
    """Credentials are missing or wrong."""


class Forbidden(EcgError):
    """The role of the user does not allow this."""


class NotFound(EcgError):
    """There is no such thing, or none that this user may know of."""


class EcgNotFound(NotFound):
    """No ECG of this user has this id."""


class LeadNotFound(NotFound):
    """The ECG has no lead with this index."""


class UserNotFound(NotFound):
    """No user has this name."""


class Conflict(EcgError):
    """The request contradicts what is stored."""


class EcgIdTaken(Conflict):
    """The client's `id` already names an ECG with other content."""


class UserExists(Conflict):
    """A user with this name is registered already."""


class LastAdmin(Conflict):
    """The last enabled admin cannot be disabled."""


class Overloaded(EcgError):
    """A bounded queue or pool is full; nothing was stored."""


class StorageUnavailable(EcgError):
    """The store cannot be reached, or refused to work."""


class StorageFull(StorageUnavailable):
    """The store has no room left."""


class DamagedEcg(EcgError):
    """A checksum of a stored ECG does not match its content."""
