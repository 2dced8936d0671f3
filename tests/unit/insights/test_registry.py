from ecg_service.insights import REGISTRY


def test_names_are_unique_and_versions_count_from_one() -> None:
    assert len({insight.name for insight in REGISTRY}) == len(REGISTRY)
    assert all(insight.version >= 1 for insight in REGISTRY)


def test_crossings_are_counted_while_the_ecg_is_taken_in() -> None:
    """The answers of `GET /ecg/{id}` and its insights need them."""
    assert [i.name for i in REGISTRY if i.when == "ingest"] == ["zero_crossings"]
