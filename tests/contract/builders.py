"""ECGs and users for tests."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from msgspec.structs import replace

from ecg_service.domain.ecg import Ecg, Lead
from ecg_service.domain.grants import Grant, Kind
from ecg_service.domain.ids import next_id
from ecg_service.domain.insights import InsightRecord
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import StoredEcg
from ecg_service.domain.users import Role, User
from ecg_service.ports.store import Store

NOON = datetime(2026, 5, 17, 12, tzinfo=UTC)
LEADS = (
    Lead("I", 3),
    Lead("aVR", 5000, gain=200.5, baseline=-12, unit="mV"),
    Lead("I", 1, missing=-32768, num_missing=0),
)


Read = Callable[[str, UUID], Awaitable[object]]


def ecg_id() -> UUID:
    return next_id()


def ecg(owner: str = "ann", **changes: object) -> Ecg:
    made = Ecg(id=ecg_id(), owner=owner, date=NOON, leads=LEADS, sampling_rate=500.0)
    return replace(made, **changes)


def new(
    owner: str = "ann",
    *pending: str,
    blob: bytes = b"packed",
    fingerprint: bytes | None = None,
    sender: Principal | None = None,
    key: str | None = None,
    **changes: object,
) -> StoredEcg:
    """Make an ECG with pending insights of these names."""
    made = ecg(owner, **changes)
    insights = tuple(InsightRecord(made.id, name, 1) for name in pending)
    return StoredEcg(made, insights, blob, fingerprint, sender, key)


def user(name: str = "ann", role: Role = Role.USER, **changes: object) -> User:
    return replace(User(name, role, f"hash of {name}'s password", NOON), **changes)


def grant(owner: str = "ann", kind: Kind = Kind.API_KEY, **changes: object) -> Grant:
    made = Grant(ecg_id(), kind, owner, digest=b"digest", created=NOON, name="ward 3")
    return replace(made, **changes)


async def added(store: Store, *all_new: StoredEcg) -> list[UUID]:
    """Add ECGs, none of which may be refused."""
    answers = await store.ecgs.add_many(all_new)
    ids = [answer for answer in answers if isinstance(answer, UUID)]
    assert ids == [one.ecg.id for one in all_new]
    return ids


async def insights_of(store: Store, owner: str, one: UUID) -> list[InsightRecord]:
    """Return the stored insights of an ECG."""
    return list((await store.ecgs.get(owner, one, samples=False)).insights)


async def ecgs_of(store: Store, owner: str) -> list[Ecg]:
    """Return the ECGs of a short list; none may be damaged."""
    listed = await store.ecgs.page(owner, limit=99)
    ecgs = [one for one in listed if isinstance(one, Ecg)]
    assert len(ecgs) == len(listed)
    return ecgs


async def users_of(store: Store) -> list[User]:
    """Return the users of a short list; none may be damaged."""
    listed = await store.users.page(limit=99)
    users = [one for one in listed if isinstance(one, User)]
    assert len(users) == len(listed)
    return users


def reads(store: Store) -> tuple[Read, ...]:
    """Return every way to read one ECG."""
    get, read = store.ecgs.get, store.ecgs.read
    return (
        get,
        partial(get, samples=False),
        lambda owner, one: read(owner, one, lambda stored, _: stored),
    )
