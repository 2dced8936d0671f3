from ecg_service.api.edge.gathered import LARGE, Gathered


def test_parts_are_joined_in_order_whether_few_or_many() -> None:
    for size in (0, 1, LARGE - 1, LARGE, LARGE + 5_000_000):
        gathered, content = Gathered(), bytes(range(251)) * (size // 251 + 1)
        for start in range(0, size, 1_000_003):
            gathered.add(content[start : min(size, start + 1_000_003)])
        assert gathered.size == size
        assert gathered.whole() == content[:size]


def test_one_part_is_not_copied() -> None:
    gathered, part = Gathered(), bytes(1_000)
    gathered.add(part)
    assert gathered.whole() is part
