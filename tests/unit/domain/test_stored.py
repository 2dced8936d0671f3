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
