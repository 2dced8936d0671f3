"""The events of what repositories change."""

from uuid import UUID

from ecg_service.domain.audit.events import SERVICE, USER, Event, event
from ecg_service.domain.grants import Grant, Kind
from ecg_service.domain.principal import Origin, Principal
from ecg_service.domain.users import Role, User

_CREATED = {Role.USER: "user.create", Role.ADMIN: "admin.create"}
_GRANTED = {Kind.API_KEY: "api-key.create", Kind.SESSION: "session.begin"}
_REVOKED: dict[str, str] = {Kind.API_KEY: "api-key.revoke", Kind.SESSION: "session.end"}


def created(by: Principal | None, user: User) -> Event:
    """Return the event of a new user."""
    return event(by, _CREATED[user.role], USER + user.name)


def changed(
    by: Principal | None,
    name: str,
    *,
    password_hash: str | None,
    disabled: bool | None,
    sign_out: bool,
) -> list[Event]:
    """Return an event for each part of a change."""
    parts = {
        "user.password": password_hash is not None,
        "user.disable": disabled is True,
        "user.enable": disabled is False,
        "user.sign-out": sign_out,
    }
    return [event(by, action, USER + name) for action, happens in parts.items() if happens]


def erased(name: str) -> Event:
    """Return the event of the end of a user."""
    return event(None, "user.erase", USER + name)


def linked(issuer: str, user: User, *, is_new: bool) -> list[Event]:
    """Return the events of a user whom an identity provider vouches for."""
    actions = [_CREATED[user.role]] if is_new else []
    origin = Origin(issuer)
    return [
        Event(action, USER + user.name, actor=SERVICE, origin=origin)
        for action in (*actions, "user.link")
    ]


def granted(by: Principal | None, grant: Grant) -> Event:
    """Return the event of a new grant."""
    return event(by, _GRANTED[grant.kind], grant.id)


def refreshed(grant: Grant) -> Event:
    """Return the event of a session that goes on."""
    return Event("session.refresh", str(grant.id), actor=USER + grant.owner)


def revoked(by: Principal | None, kind: str, grant_id: UUID) -> Event:
    """Return the event of the end of a grant; sessions are ended by the service, for their user."""
    found = event(by, _REVOKED.get(kind, "grant.revoke"), grant_id)
    if by is None and kind == Kind.SESSION:
        return Event(found.action, found.object, actor=SERVICE)
    return found


def deleted(by: Principal | None, ecg_id: UUID) -> Event:
    """Return the event of an ECG that its owner has deleted."""
    return event(by, "ecg.delete", ecg_id)


def swept(count: int) -> list[Event]:
    """Return the event of ECGs that a retention or an erasure has deleted."""
    return [Event("ecg.sweep", actor=SERVICE, count=count)] if count else []
