"""Every problem (RFC 9457) that the service answers, in one table.

`texts.toml` beside it says of each what has happened and what to do.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from ecg_service.domain import errors
from ecg_service.domain.errors import EcgError

PATH = "/problems"
"""Where the pages about problems are."""

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """What all problems of a type have in common; `headers` are those of their answers."""

    status: int
    slug: str
    title: str
    headers: Headers = ()

    @property
    def type(self) -> str:
        """The `type`: a path, which leads from every answer to the page about it.

        A kind without a slug says no more than its status (RFC 9457 §4.2.1).
        """
        return f"{PATH}/{self.slug}" if self.slug else "about:blank"

    def problem(self, detail: str | None = None, **members: object) -> dict[str, object]:
        """Return a problem of this kind."""
        return {
            "type": self.type,
            "title": self.title,
            "status": self.status,
            **({"detail": detail} if detail else {}),
            **members,
        }


_LATER = (("Retry-After", "1"),)

TOO_LARGE = Kind(413, "request-entity-too-large", "Request Entity Too Large")
OVERLOADED = Kind(503, "overloaded", "Too much to do, try again", _LATER)
FAULT = Kind(500, "internal-error", "The service has a fault")

OF_ERRORS: dict[type[EcgError], Kind] = {
    errors.TooLarge: TOO_LARGE,
    errors.Malformed: Kind(400, "malformed-body", "The body cannot be read"),
    errors.Invalid: Kind(422, "invalid-body", "The body breaks the rules of its schema"),
    errors.InvalidQuery: Kind(400, "invalid-query", "A parameter of the URL is invalid"),
    errors.InvalidHeader: Kind(400, "invalid-header", "A header field is invalid"),
    errors.Unauthenticated: Kind(401, "unauthenticated", "Sign in to do this"),
    errors.Forbidden: Kind(403, "forbidden", "Your role does not allow this"),
    errors.MissingScope: Kind(403, "insufficient-scope", "These credentials do not allow this"),
    errors.NotFound: Kind(404, "not-found", "There is nothing here"),
    errors.EcgIdTaken: Kind(409, "id-taken", "Another ECG of yours has this id"),
    errors.EcgIdsTaken: Kind(409, "id-taken", "Another ECG of yours has this id"),
    errors.KeyReused: Kind(422, "key-reused", "Other content was sent with this key"),
    errors.KeyInUse: Kind(409, "key-in-use", "The first request is not answered yet", _LATER),
    errors.UserExists: Kind(409, "user-exists", "A user with this name exists"),
    errors.UserInUse: Kind(409, "user-in-use", "The user is enabled, or has ECGs"),
    errors.LastAdmin: Kind(409, "last-admin", "The last enabled admin must stay"),
    errors.TooManyGuesses: Kind(429, "too-many-guesses", "Too many wrong passwords, wait", _LATER),
    errors.TooManyGrants: Kind(409, "too-many-keys", "You have as many API keys as you may have"),
    errors.QuotaExceeded: Kind(429, "quota-exceeded", "You have sent as much as you may", _LATER),
    errors.Overloaded: OVERLOADED,
    errors.StorageFull: Kind(507, "storage-full", "The store has no room left", _LATER),
    errors.StorageUnavailable: Kind(503, "storage-unavailable", "The store has failed", _LATER),
    errors.IssuerUnavailable: Kind(
        503, "issuer-unavailable", "The identity provider cannot be reached", _LATER
    ),
    errors.OutcomeUnknown: Kind(500, "outcome-unknown", "It was done, or not: nobody can tell"),
    errors.DamagedEcg: Kind(500, "damaged-ecg", "The stored ECG is damaged"),
    errors.DamagedKey: Kind(500, "damaged-key", "What is known of this key is damaged"),
    errors.DamagedGrant: Kind(500, "damaged-grant", "The stored API key or session is damaged"),
    errors.DamagedUser: Kind(500, "damaged-user", "The stored user is damaged"),
}
"""By the class of the error; that of a base class stands for all without a kind of their own."""

NO_METHOD = Kind(405, "method-not-allowed", "Method Not Allowed")
MEDIA_TYPE = Kind(415, "unsupported-media-type", "Unsupported Media Type")

OF_STATUSES = {kind.status: kind for kind in (NO_METHOD, TOO_LARGE, MEDIA_TYPE)} | {
    HTTPStatus.NOT_FOUND: OF_ERRORS[errors.NotFound]
}
"""By the status of an error of HTTP."""

BAD_REQUEST = Kind(400, "bad-request", "Bad Request")
TIMEOUT = Kind(408, "request-timeout", "Request Timeout")
LONG_URL = Kind(414, "uri-too-long", "URI Too Long")
MISDIRECTED = Kind(421, "misdirected-request", "Misdirected Request")
LARGE_FIELDS = Kind(431, "request-header-fields-too-large", "Request Header Fields Too Large")
NOT_IMPLEMENTED = Kind(501, "not-implemented", "Not Implemented")
STOPPING = Kind(503, "stopping", "Stopping", _LATER)
VERSION = Kind(505, "http-version-not-supported", "HTTP Version Not Supported")

OF_CONNECTIONS = (
    BAD_REQUEST,
    TIMEOUT,
    LONG_URL,
    MISDIRECTED,
    LARGE_FIELDS,
    NOT_IMPLEMENTED,
    STOPPING,
    VERSION,
)
"""Those of the server, before a request has reached any route."""


def kind_of(error: EcgError | type[EcgError]) -> Kind:
    """Return the kind of an error, or of a class of errors."""
    cls = error if isinstance(error, type) else type(error)
    return next(OF_ERRORS[base] for base in cls.__mro__ if base in OF_ERRORS)


def all_kinds() -> Iterator[Kind]:
    """Yield every kind once."""
    yield from dict.fromkeys([*OF_ERRORS.values(), *OF_STATUSES.values(), FAULT, *OF_CONNECTIONS])
