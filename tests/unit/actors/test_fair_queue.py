from ecg_service.actors.fair_queue import FairQueue


def queue_of(*items: tuple[str, str, int]) -> FairQueue[str]:
    queue = FairQueue[str]()
    for sender, item, weight in items:
        queue.add(sender, item, weight)
    return queue


def test_turns_that_others_have_before_the_next_item() -> None:
    queue = queue_of(("a", "a1", 1), ("a", "a2", 1), ("b", "b1", 1))
    assert [queue.ahead_of(sender) for sender in "abc"] == [3, 3, 2]
    queue.add("b", "b2", 5)
    assert [queue.ahead_of(sender) for sender in "abc"] == [5, 8, 2]


def test_items_are_taken_by_turns_and_at_least_one() -> None:
    queue = queue_of(("a", "a1", 1), ("a", "a2", 1), ("b", "b1", 1), ("b", "b2", 3))
    assert queue.take(3) == ["a1", "b1", "a2"]
    assert queue.take(1) == ["b2"]
    assert queue.take(9) == []


def test_an_item_weighs_one_unless_it_is_told() -> None:
    queue = FairQueue[str]()
    queue.add("a", "a1")
    assert (len(queue), queue.of("a")) == (1, 1)
