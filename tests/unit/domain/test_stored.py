from uuid import UUID, uuid4

from ecg_service.domain.errors import Unauthenticated
from ecg_service.domain.principal import Principal
from ecg_service.domain.stored import sift
from ecg_service.domain.users import Role
from tests.contract.builders import new


def nothing(_: str, __: str) -> None:
    """Find no ECG of this name."""


def test_each_sender_of_a_batch_is_looked_up_once() -> None:
    asked = list[str]()

    def epoch_of(name: str) -> int:
        asked.append(name)
        return 0

    senders = [Principal(name, Role.USER) for name in ("ann", "bob", "ann", "ann", "bob")]
    batch = [new(sender.name, sender=sender) for sender in senders]
    fresh, _ = sift(batch, find_id=nothing, find_key=nothing, epoch_of=epoch_of)
    assert (fresh, asked) == (batch, ["ann", "bob"])


def test_each_key_of_a_batch_is_looked_up_once() -> None:
    asked = list[UUID]()
    kept, gone = uuid4(), uuid4()

    def has_grant(key: UUID) -> bool:
        asked.append(key)
        return key == kept

    senders = [Principal("ann", Role.USER, grant=key) for key in (kept, None, gone, kept, gone)]
    batch = [new("ann", sender=sender) for sender in senders]
    fresh, answers = sift(
        batch, find_id=nothing, find_key=nothing, epoch_of=lambda _: 0, has_grant=has_grant
    )
    assert (fresh, asked) == ([batch[n] for n in (0, 1, 3)], [kept, gone])
    assert [type(answers[n]) for n in (2, 4)] == [Unauthenticated] * 2
